import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Tests of the real command run what users run: the built files. */
export default function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
