import { sha256 } from '../../../base/digest.ts';
import { CannotTell } from '../../../base/errors.ts';
import { isSafeSegment } from '../../../domain/names.ts';
import type { NewFile } from '../../../machine/act.ts';
import type { OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';

/** Larger files are refused: they stay in the repository for good. */
export const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export const TRANSCRIPTS = 'what the harness logged of each item: .jsonl files, or folders of them';

export const TRANSCRIPTS_OPTION: OptionSpec = {
  flags: '--transcripts <path>',
  description: `${TRANSCRIPTS}; one for each run, in the order of --results`,
  repeat: true,
};

/**
 * Transcripts to lie beside the output of a run, under names that a repository can hold.
 * @param paths files, and folders whose `.jsonl` files are taken. @throws CannotTell USAGE, and as reading files does.
 */
export async function readTranscripts(
  { files }: Pick<Context, 'files'>,
  paths: readonly string[],
): Promise<readonly NewFile[]> {
  const read: NewFile[] = [];
  for (const path of paths) {
    for (const file of await transcriptsAt(files, path)) {
      const bytes = await files.read(file, MAX_OUTPUT_BYTES);
      read.push({ path: nameInRun(file, bytes), bytes });
    }
  }
  return read;
}

async function transcriptsAt(files: Context['files'], path: string): Promise<readonly string[]> {
  const names = await files.list(path);
  const found = names === null ? [path] : names.map((name) => `${path.replace(/[/\\]+$/, '')}/${name}`);
  const transcripts = found.filter((file) => file.endsWith('.jsonl'));
  if (transcripts.length > 0) return transcripts;
  throw new CannotTell('USAGE', `${path} ${names === null ? 'is no .jsonl file' : 'holds no .jsonl file'}`, {
    facts: ['Transcripts are lines of JSON, one item each.'],
    remedy: 'evaluate with --log_samples; what else belongs to the bundle: modelsmith evidence add',
  });
}

/** The name the harness gave, as far as a repository can hold it: it says which task the items are of. */
function nameInRun(path: string, bytes: Uint8Array): string {
  const name = (path.split(/[/\\]/).at(-1) ?? '').replace(/[^A-Za-z0-9._-]/g, '_');
  const timeless = name.replace(/_\d{4}-\d\d-\d\dT[\d.-]+\.jsonl$/, '.jsonl');
  const other = `transcript-${sha256(bytes).slice(0, 12)}.jsonl`;
  return [name, timeless].find((candidate) => isSafeSegment(candidate)) ?? other;
}
