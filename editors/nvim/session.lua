-- Checks sphex.lua without the plugin: nvim --headless --clean FILE -c 'luafile session.lua', with SPHEX and LINE in the
-- environment, in the folder of a Cargo package. The plugin's part is played here: it calls the adapter's function,
-- takes the configuration's functions for their results, and speaks the protocol with the process.
local uv = vim.loop

local ok, problem = xpcall(function()
  local dap = { adapters = {}, configurations = {} }
  package.loaded.dap = dap
  vim.g.sphex = os.getenv('SPHEX')
  dofile(debug.getinfo(1, 'S').source:sub(2):gsub('session%.lua$', 'sphex.lua'))
  assert(#dap.configurations.rust == 2 and #dap.configurations.c == 1)

  local config = {}
  for key, value in pairs(dap.configurations.rust[1]) do
    if type(value) == 'function' then
      value = value()
    elseif type(value) == 'string' then
      value = value:gsub('${workspaceFolder}', vim.fn.getcwd())
    end
    config[key] = value
  end

  local adapter
  dap.adapters[config.type](function(a) adapter = a end, config)
  assert(adapter.type == 'executable')
  local stdin, stdout = uv.new_pipe(false), uv.new_pipe(false)
  local process = assert(uv.spawn(adapter.command, { args = adapter.args, stdio = { stdin, stdout, nil } }, function() end))

  local buffer, messages = '', {}
  stdout:read_start(function(_, data)
    buffer = buffer .. (data or '')
    while true do
      local from, to, length = buffer:find('Content%-Length: (%d+)\r\n\r\n')
      if not from or #buffer < to + length then return end
      table.insert(messages, buffer:sub(to + 1, to + length))
      buffer = buffer:sub(to + length + 1)
    end
  end)
  local seq, seen = 0, {}
  local function wait(what, match)
    local found
    assert(vim.wait(180000, function()
      while #messages > 0 do
        table.insert(seen, vim.fn.json_decode(table.remove(messages, 1)))
      end
      for i, m in ipairs(seen) do
        if match(m) then
          found = table.remove(seen, i)
          return true
        end
      end
    end, 20), what .. ': not in time')
    return found
  end
  local function send(command, arguments)
    seq = seq + 1
    local text = vim.fn.json_encode({ seq = seq, type = 'request', command = command, arguments = arguments })
    stdin:write('Content-Length: ' .. #text .. '\r\n\r\n' .. text)
    return seq
  end
  local function answer(to)
    local m = wait('an answer', function(x) return x.type == 'response' and x.request_seq == to end)
    assert(m.success, m.message)
    return m.body
  end
  local function ask(command, arguments) return answer(send(command, arguments)) end
  local function event(name) return wait(name, function(m) return m.type == 'event' and m.event == name end) end

  ask('initialize', { adapterID = 'sphex', clientID = 'neovim', linesStartAt1 = true, columnsStartAt1 = true, pathFormat = 'path', supportsVariableType = true })
  local launched = send('launch', config)
  event('initialized')
  local file, line = vim.fn.expand('%:p'), tonumber(os.getenv('LINE'))
  local set = ask('setBreakpoints', { source = { path = file }, breakpoints = { { line = line } } })
  print('verified ' .. tostring(set.breakpoints[1].verified))
  ask('setExceptionBreakpoints', { filters = { 'trap', 'panic' } })
  ask('configurationDone')
  answer(launched)
  local stopped = event('stopped')
  local frame = ask('stackTrace', { threadId = stopped.body.threadId, levels = 1 }).stackFrames[1]
  print(string.format('%s %s:%d', frame.name, frame.source.name, frame.line))
  print('shop.takings = ' .. ask('evaluate', { expression = 'shop.takings', frameId = frame.id, context = 'repl' }).result)
  ask('disconnect', { terminateDebuggee = true })
  assert(vim.wait(180000, function() return not process:is_active() end, 20), 'sphex did not end')
  print('done')
end, debug.traceback)
if not ok then
  print(problem)
  vim.cmd('cquit')
end
vim.cmd('quitall!')
