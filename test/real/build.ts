import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { PLACE } from './support/sandbox.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that all test files of a run share. */
    readonly shared: string;
  }
}

/** Tests of the real command run what users run: the built files. @returns what is to be done when all have ended. */
export default function build(project: TestProject): () => void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['.config/build.js'], { cwd: root, stdio: 'inherit' });
  const shared = mkdtempSync(`${PLACE}/ms-run-`);
  project.provide('shared', shared);
  return () => rmSync(shared, { recursive: true, force: true });
}
