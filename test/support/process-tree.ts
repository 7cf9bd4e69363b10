import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, those that it has started, and those that they have. */
export function treeOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const processes = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const under = (parent: number): number[] =>
    processes.flatMap(([child = 0, of]) => (of === parent ? [child, ...under(child)] : []));
  return [pid, ...under(pid)];
}

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const ticks = 100;

/** Processor time that a process and those below it have used, in seconds, of user and system. Linux only. */
export function processorSeconds(pid: number): number {
  return sumOf(pid, (process) => {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the numbers begin behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  });
}

/** Memory of a process and those below it, in MB; what they share counts once. Linux only. */
export function memoryMb(pid: number): number {
  const kilobytes = sumOf(pid, (process) => {
    const [, shown] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${process}/smaps_rollup`, 'utf8')) ?? [];
    return Number(shown ?? 0);
  });
  return Math.round(kilobytes / 1024);
}

function sumOf(pid: number, read: (process: number) => number): number {
  return treeOf(pid).reduce((sum, process) => {
    try {
      return sum + read(process);
    } catch (error) {
      // It has ended since it was listed, as `ps` itself has.
      if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code)))
        return sum;
      throw error;
    }
  }, 0);
}
