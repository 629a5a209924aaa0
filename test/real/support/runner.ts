import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODELSMITH } from './command.ts';
import type { Ended, Sandbox } from './sandbox.ts';

const SCRIPT = fileURLToPath(new URL('../../../docs/ci/verify.sh', import.meta.url));

/** What CI does with a ref: a fresh clone, a detached checkout, the script. */
export function runnerOf(box: Sandbox, from: string, root: string, ref: string): Ended {
  const runner = mkdtempSync(join(box.root, 'runner-'));
  box.git(runner, ['init', '-q']);
  box.git(runner, ['fetch', '-q', from, ref]);
  box.git(runner, ['checkout', '-q', '--detach', 'FETCH_HEAD']);
  const env = {
    ...box.env,
    PATH: `${dirname(process.execPath)}:${String(process.env['PATH'])}`,
    MODELSMITH_COMMAND: MODELSMITH[1],
    MODELSMITH_ROOT: root,
  };
  const ended = spawnSync('sh', [SCRIPT], { cwd: runner, env });
  return { code: ended.status, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() };
}
