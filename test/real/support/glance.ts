import { existsSync, statSync } from 'node:fs';

/** Between two looks at whether anything was written. */
const GLANCE_MS = 25;
/** Until the screen is looked at anyway. */
const BLIND_MS = 1000;

export const glance = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, GLANCE_MS));

/** What tmux is told so that all that a pane shows is written to a file, too. */
export function copyTo(file: string): readonly string[] {
  return ['pipe-pane', `exec cat > '${file}'`];
}

/**
 * Waits until one of the files has grown since the last time. To look at a screen takes a process each time, which would be
 * most of what a test that waits does.
 */
export function growthOf(...files: readonly string[]): () => Promise<void> {
  const size = (file: string): number => (existsSync(file) ? statSync(file).size : -1);
  let seen = '';
  return async () => {
    for (let waited = 0; waited < BLIND_MS; waited += GLANCE_MS) {
      await glance();
      const now = files.map(size).join();
      if (now === seen) continue;
      seen = now;
      return;
    }
  };
}
