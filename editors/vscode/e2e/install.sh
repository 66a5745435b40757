#!/usr/bin/env bash
# Installs code-server and playwright-core here. The scripts of code-server's packages would download ripgrep from
# outside of the registry, so they do not run; what is needed of them is done here.
# Needs: node with its headers, npm, g++, make, python3, ripgrep.
set -euo pipefail
cd "$(dirname "$0")"
export npm_config_yes=true npm_config_audit=false npm_config_fund=false npm_config_nodedir="${NODE_PREFIX:-$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")}"
npm ci --ignore-scripts --omit=dev
root=$PWD/node_modules/code-server/lib/vscode
(cd "$root" && npm install --ignore-scripts --omit=dev)
(cd "$root/extensions" && npm install --ignore-scripts --omit=dev)
npm rebuild argon2
(cd "$root" && npm rebuild @vscode/spdlog native-watchdog node-pty)
(cd "$root" && ln -sfn node_modules node_modules.asar)
mkdir -p "$root/node_modules/@vscode/ripgrep/bin"
ln -sf "$(command -v rg)" "$root/node_modules/@vscode/ripgrep/bin/rg"
node node_modules/code-server/out/node/entry.js --version
