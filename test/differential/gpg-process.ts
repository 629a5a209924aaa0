import { spawn } from 'node:child_process';

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs the real gpg, beside others. */
export function runGpg(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn('gpg', ['--no-tty', ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), errors: Buffer.concat(errors).toString() }),
    );
    child.stdin.on('error', () => undefined); // gpg need not read all of a question it refuses
    child.stdin.end(input);
  });
}

/** Does `work` for every item, a few at a time, and keeps the order. */
export async function fewAtATime<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T, index);
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  return results;
}
