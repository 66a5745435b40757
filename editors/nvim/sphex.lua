-- Sphex for nvim-dap: put this into your configuration, or require it.
local dap = require('dap')

dap.adapters.sphex = function(callback, config)
  if config.request == 'attach' and config.port then
    callback({ type = 'server', host = config.host or '127.0.0.1', port = config.port })
  else
    callback({ type = 'executable', command = vim.g.sphex or 'sphex', args = { 'dap' } })
  end
end

-- Builds the Cargo package around the file and returns the module; asks when there are several.
local function cargo()
  local target = vim.fn.system({ 'rustc', '--print', 'target-list' }):find('wasm32-wasip1', 1, true) and 'wasm32-wasip1' or 'wasm32-wasi'
  local programs = {}
  for _, line in ipairs(vim.fn.systemlist({ 'cargo', 'build', '--target', target, '--message-format=json-render-diagnostics' })) do
    local ok, message = pcall(vim.fn.json_decode, line)
    if ok and type(message) == 'table' and type(message.executable) == 'string' then
      table.insert(programs, message.executable)
    end
  end
  if vim.v.shell_error ~= 0 or #programs == 0 then
    error('cargo built no program; try cargo build --target ' .. target)
  end
  if #programs == 1 then
    return programs[1]
  end
  local choice = { 'Which program?' }
  for i, program in ipairs(programs) do
    table.insert(choice, i .. ': ' .. program)
  end
  return programs[vim.fn.inputlist(choice)]
end

local function module()
  return vim.fn.input('Module: ', vim.fn.getcwd() .. '/', 'file')
end

dap.configurations.rust = {
  { type = 'sphex', request = 'launch', name = 'WebAssembly: this package', program = cargo, cwd = '${workspaceFolder}', args = {} },
  { type = 'sphex', request = 'launch', name = 'WebAssembly: a module', program = module, cwd = '${workspaceFolder}', args = {} },
}
for _, language in ipairs({ 'c', 'cpp', 'zig', 'd', 'nim', 'wat' }) do
  dap.configurations[language] = dap.configurations[language] or {}
  table.insert(dap.configurations[language], { type = 'sphex', request = 'launch', name = 'WebAssembly: a module', program = module, cwd = '${workspaceFolder}', args = {} })
end
