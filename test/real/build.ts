import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Tests of the real command run what users run: the built files. */
export default function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['.config/build.js'], { cwd: root, stdio: 'inherit' });
}
