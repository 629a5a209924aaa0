// Loaded before a program that is measured: tells how much memory it had at most, in KiB, when it ends.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const told = process.env.MODELSMITH_BENCH_PEAK;
process.on('exit', () => {
  // What getrusage says may be what the process that started it had.
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  writeFileSync(told, /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? String(process.resourceUsage().maxRSS));
});
