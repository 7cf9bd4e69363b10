// Runs one command as a child and ends it when this process is told to end or when whoever started it is gone:
// stdin is a pipe from the starter, and the operating system closes it even if the starter is killed outright.
// usage: node supervisor.ts COMMAND [ARGUMENT…]
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: supervisor.ts COMMAND [ARGUMENT…]');

// In a process group of its own the child does not see the terminal's Ctrl-C, so the starter decides when it ends.
const child = spawn(command, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
  windowsHide: true,
});
const end = () => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
};

child.once('error', (fault) => {
  process.stderr.write(`${fault.message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' ? 0 : 1)));
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
process.on('SIGHUP', end);
process.stdin.on('end', end).on('error', end).resume();
