/**
 * `node scripts/bootstrap.mjs [SCRIPT ARGUMENTS...]` makes sure that the dependencies are installed as package-lock.json
 * says, and then runs a script under the Node that they bring. `npm start` and `npm test` go through it, and not through
 * `prestart`, which npm leaves out under ignore-scripts. It has to start under whatever Node the machine has, so it is plain
 * JavaScript, imports nothing but Node's own modules, and avoids syntax newer than Node 12. When there is nothing to
 * install it takes some 50 ms.
 */
import { spawn } from 'child_process';
import { createHash } from 'crypto';
import {
  existsSync,
  mkdirSync,
  promises,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';

/** Oldest Node that can run this file, and the oldest that runs TypeScript without a flag. */
const OLDEST_FOR_INSTALL = [18, 0];
const OLDEST_FOR_USE = [22, 18];

/** Platforms for which the dependencies bring their own Node. */
const BUNDLED_NODE = ['linux-x64', 'linux-arm64'];

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const WAIT_FOR_OTHER_MS = 15 * 60 * 1000;
const PARENT_WATCH_MS = 250;
const ERROR_LINES = 15;
const UNWRITTEN_LOCK_MS = 10 * 1000;
const STOP_GRACE_MS = 2000;
const EXIT_INTERRUPTED = 130;

/**
 * Tells what keeps this machine's Node from being used, as one line for people; null when nothing does.
 *
 * @param {string} version such as `20.1.0`
 * @param {string} platform such as `linux-x64`
 */
export function nodeProblem(version, platform) {
  const found = version.split('.').map(Number);
  if (isOlder(found, OLDEST_FOR_INSTALL)) {
    return (
      'Node ' +
      version +
      ' is too old for BFM: install Node 24 (at least 18 is needed here) and run this again.'
    );
  }
  if (BUNDLED_NODE.includes(platform) || !isOlder(found, OLDEST_FOR_USE)) return null;
  const needed = OLDEST_FOR_USE.join('.');
  return (
    'Node ' +
    version +
    ' is too old for BFM on ' +
    platform +
    ': install Node 24 (at least ' +
    needed +
    ') and run this again.'
  );
}

function isOlder(found, needed) {
  return found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1]);
}

/**
 * Decides whether the dependencies have to be installed.
 *
 * @param {string} root folder of the repository
 * @returns {'ready' | 'unmarked' | 'missing' | 'outdated' | 'unfinished'} `unmarked`: installed as it should be, but not by
 * this script. `unfinished`: an installation is running, or was cut short and has left who knows what.
 */
export function installState(root) {
  return existsSync(markerFile(root)) ? 'unfinished' : installedState(root);
}

function installedState(root) {
  const installed = readText(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null) return 'missing';
  const lock = readText(join(root, 'package-lock.json'));
  if (lock === null) throw new Error('package-lock.json is missing; restore it with git.');
  if (readText(hashFile(root)) === hashOf(lock)) return 'ready';
  return isInstalled(JSON.parse(lock), JSON.parse(installed)) ? 'unmarked' : 'outdated';
}

function isInstalled(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed.packages[path];
    // npm leaves out optional packages that are made for other platforms.
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function hashFile(root) {
  return join(root, 'node_modules', '.bfm-lock-hash');
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** There from before npm begins until it has succeeded: npm itself trusts the folders that a killed run of it left behind. */
function markerFile(root) {
  return join(root, '.bfm', 'installing');
}

/** Notes what was installed, so that the next look is quick. */
function markInstalled(root) {
  writeFileSync(hashFile(root), hashOf(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}

/**
 * Takes the lock under which one process at a time installs, waiting for another one that lives.
 *
 * @param {string} root folder of the repository
 * @param {(message: string) => void} say
 * @returns {Promise<(() => void) | null>} gives the lock back; null when interrupted before it was had
 */
export async function takeInstallLock(root, say) {
  const lock = join(root, '.bfm', 'bootstrap.lock');
  const deadline = Date.now() + WAIT_FOR_OTHER_MS;
  let announced = false;
  mkdirSync(dirname(lock), { recursive: true });
  while (!tryLock(lock)) {
    if (interrupted) return null;
    const owner = lockOwner(lock);
    if (owner === 'gone') {
      removeStaleLock(lock);
      continue;
    }
    if (!announced)
      say('another process (pid ' + owner + ') is installing the dependencies, waiting for it ...');
    announced = true;
    if (Date.now() > deadline)
      throw new Error('Waited 15 minutes for ' + lock + '; remove it if nobody is installing.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return () => rmSync(lock, { recursive: true, force: true });
}

function tryLock(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return true;
}

function lockOwner(lock) {
  const pid = Number(readText(join(lock, 'pid')));
  if (pid > 0) return isAlive(pid) ? String(pid) : 'gone';
  try {
    // Its owner may be between making the lock and signing it.
    return Date.now() - statSync(lock).mtimeMs > UNWRITTEN_LOCK_MS ? 'gone' : 'unknown';
  } catch {
    return 'gone';
  }
}

function removeStaleLock(lock) {
  const aside = lock + '.' + process.pid;
  try {
    // Only one of several processes can move it away, and none can remove a lock that was taken since.
    renameSync(lock, aside);
  } catch {
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const INSTALL_OPTIONS = [
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

/**
 * The two ways to install what package-lock.json says. `npm ci` begins by deleting node_modules, and refuses a lock file
 * that leaves out optional packages of other platforms, as ours does where a registry lacks them: so it comes second.
 */
export function installCommands() {
  return [['install', '--no-save'].concat(INSTALL_OPTIONS), ['ci'].concat(INSTALL_OPTIONS)];
}

/** Tries both ways; resolves with null, or with what npm said when both failed. */
async function install(root, say) {
  const said = [];
  for (const command of installCommands()) {
    const { code, errors } = await npm(root, command);
    if (code === 0 || interrupted) return null;
    const shown = 'npm ' + command[0];
    if (said.length === 0)
      say(shown + ' failed (exit code ' + code + '), trying once more in another way ...');
    said.push([shown + ':'].concat(errors.trim().split('\n').slice(0, ERROR_LINES)).join('\n'));
  }
  return said.join('\n\n');
}

let running = null;
let interrupted = false;

function npm(root, args) {
  const script = process.env.npm_execpath;
  // This Node is gone when it was the one in a node_modules that has just been removed.
  const isScript = script !== undefined && /\.c?js$/.test(script) && existsSync(process.execPath);
  const command = isScript ? [process.execPath, script].concat(args) : ['npm'].concat(args);
  return new Promise((resolve) => {
    let errors = '';
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32' && !isScript,
      // A process group of its own can be ended whole, and hears of a Ctrl-C from here only.
      detached: process.platform !== 'win32',
    });
    running = child;
    if (child.pid !== undefined) writeFileSync(markerFile(root), String(child.pid));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', (error) =>
      resolve({ code: 127, errors: 'npm could not be started: ' + error.message }),
    );
    child.on('close', (code) => {
      running = null;
      resolve({ code: code === null ? 1 : code, errors });
    });
  });
}

/** Asks npm to end, and ends it after two seconds or at the second request; half of an installation is no harm. */
function interrupt() {
  if (interrupted) return endNpm('SIGKILL');
  interrupted = true;
  console.error('bfm: stopping ...');
  endNpm('SIGTERM');
  setTimeout(() => endNpm('SIGKILL'), STOP_GRACE_MS).unref();
}

function endNpm(signal) {
  if (running === null || running.pid === undefined) return;
  if (process.platform === 'win32') running.kill(signal);
  else endGroup(running.pid, signal);
}

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Clears away what a killed installation left, and npm itself where it outlived the process that started it. */
async function clearUnfinished(root) {
  const pid = Number(readText(markerFile(root)));
  if (pid > 0 && worksIn(pid, root)) endGroup(pid, 'SIGKILL');
  await promises.rm(join(root, 'node_modules'), { recursive: true, force: true, maxRetries: 5 });
}

/** Tells whether a process is at work in a folder; a process id alone may have been given to somebody else meanwhile. */
function worksIn(pid, folder) {
  try {
    return readlinkSync('/proc/' + pid + '/cwd') === realpathSync(folder);
  } catch {
    return false;
  }
}

async function main(root, script) {
  const problem = nodeProblem(process.versions.node, process.platform + '-' + process.arch);
  if (problem !== null) {
    console.error(problem);
    return 1;
  }
  const code = installState(root) === 'ready' ? 0 : await prepare(root);
  return code === 0 && script.length > 0 ? runScript(root, script) : code;
}

/** npm passes a signal on to the shell between us, and not to us: when it is killed, all we see is another parent. */
function watchParent(lost) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    lost();
  }, PARENT_WATCH_MS);
  timer.unref();
}

async function prepare(root) {
  const say = (message) => console.error('bfm: ' + message);
  for (const signal of SIGNALS) process.on(signal, interrupt);
  watchParent(interrupt);
  const release = await takeInstallLock(root, say);
  try {
    const code = release === null ? EXIT_INTERRUPTED : await installIfNeeded(root, say);
    if (code === EXIT_INTERRUPTED) say('interrupted; run the same command again to go on');
    return code;
  } finally {
    if (release !== null) release();
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/**
 * Runs a script to its end and resolves with its exit code. The path in node_modules is used rather than the name `node`,
 * since a shell may remember where it found the older one.
 */
function runScript(root, script) {
  const bundled = join(root, 'node_modules', '.bin', 'node');
  const child = spawn(existsSync(bundled) ? bundled : process.execPath, script, { stdio: 'inherit' });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // At a terminal Ctrl-C has already reached the child, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  watchParent(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code === null ? 1 : code));
  });
}

/** npm says nothing for a minute: a terminal is told every second that it goes on, a log every ten. */
function tellGoingOn(what, start) {
  const isTerminal = process.stderr.isTTY === true;
  const seconds = () => Math.round((Date.now() - start) / 1000) + ' s';
  console.error('bfm: ' + what + ' ...');
  const timer = setInterval(
    () =>
      isTerminal
        ? process.stderr.write('\rbfm: ' + seconds() + ' ')
        : console.error('bfm: ' + seconds() + ', npm is still at work'),
    isTerminal ? 1000 : 10000,
  );
  return () => {
    clearInterval(timer);
    if (isTerminal) process.stderr.write('\r\u001b[K');
  };
}

/** Looks again, since another process may have installed meanwhile. */
async function installIfNeeded(root, say) {
  if (interrupted) return EXIT_INTERRUPTED;
  if (installState(root) === 'unfinished') {
    say('the last installation was interrupted; starting it anew');
    await clearUnfinished(root);
  }
  // The marker is not asked again: it stays until npm has succeeded.
  const state = installedState(root);
  if (interrupted) return EXIT_INTERRUPTED;
  if (state === 'missing' || state === 'outdated') {
    const reason = state === 'missing' ? 'first time: about 200 MB' : 'package-lock.json has changed';
    const start = Date.now();
    const endTicker = tellGoingOn('installing dependencies (' + reason + ')', start);
    writeFileSync(markerFile(root), '');
    const errors = await install(root, say);
    endTicker();
    if (interrupted) return EXIT_INTERRUPTED;
    if (errors !== null) {
      console.error(errors);
      say('the dependencies could not be installed. Is the package registry reachable?');
      return 1;
    }
    say('dependencies installed in ' + Math.round((Date.now() - start) / 1000) + ' s');
  }
  markInstalled(root);
  rmSync(markerFile(root), { force: true });
  return 0;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(self)) {
  main(dirname(dirname(self)), process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => {
      console.error('bfm: ' + error.message);
      process.exit(1);
    },
  );
}
