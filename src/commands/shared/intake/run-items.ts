import type { SafeName } from '../../../domain/names.ts';
import type { Evaluation } from '../../../domain/record.ts';
import { itemKey } from '../../../domain/sample.ts';
import { filesUnder } from '../../../domain/tree.ts';
import { confidentialIn } from '../../../machine/confidential.ts';
import type { Bundle } from '../../../machine/world.ts';
import type { ItemOfRun, ReadItems, UnreadLines } from '../../../ports/evaluations.ts';
import { keptHow, type ConfidentialJson } from '../confidential/lines.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { counted } from '../views/notices.ts';
import { wrap } from '../terminal/style.ts';

/** An item among all of an iteration. */
export interface ItemOfIteration extends ItemOfRun {
  readonly run: SafeName;
  /** `<run>/<task>/<item>`, which a sample is drawn by. */
  readonly key: string;
}

/** What the transcripts of one run hold. */
export interface RunItems {
  readonly run: SafeName;
  readonly status: Evaluation['status'];
  readonly items: readonly ItemOfIteration[];
  /** Paths are relative to the bundle, here and in the items. */
  readonly unread: readonly UnreadLines[];
  /** Confidential transcripts whose content is not at hand. */
  readonly closed: readonly ClosedTranscript[];
}

export interface ClosedTranscript {
  readonly file: string;
  readonly kept: ConfidentialJson['kept'];
}

/** The items of one run of an iteration. */
export function itemsOf(
  { items: reader, opened }: Pick<Context, 'items' | 'opened'>,
  bundle: Pick<Bundle, 'folder' | 'record'>,
  { run, status }: Pick<Evaluation, 'run' | 'status'>,
): RunItems {
  const place = `eval-transcripts/${run}`;
  const open = filesUnder(bundle.folder, place).map(([path, { bytes }]) => ({
    path: `${place}/${path}`,
    bytes,
  }));
  const hidden = confidentialIn(bundle, place).filter(({ path }) => /\.jsonl$/i.test(path));
  const content = hidden.flatMap(({ path, file }) => {
    const bytes = opened?.get(file.sha256);
    return bytes === undefined ? [] : [{ path, bytes }];
  });
  const { items, unread }: ReadItems = reader.itemsIn([...open, ...content]);
  const known = new Set(content.map(({ path }) => path));
  return {
    run,
    status,
    items: items.map((item) => ({ ...item, run, key: itemKey({ ...item, run }) })),
    unread,
    closed: hidden
      .filter(({ path }) => !known.has(path))
      .map((each) => ({ file: each.path, kept: keptHow(each) })),
  };
}

/** How many items of which task there are, and what could not be read. Nothing for a run without transcripts. */
export function itemCountLines({ run, items, unread, closed }: RunItems, columns: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const { task } of items) counts.set(task, (counts.get(task) ?? 0) + 1);
  const tasks = [...counts].map(([task, count]) => `${count} of ${escapeShown(task)}`);
  return [
    ...(items.length === 0 ? [] : [`items of ${run}: ${tasks.join(', ')}`]),
    ...unread.map(({ file, lines, first }) =>
      escapeShown(
        `not read: ${counted(lines, 'line')} of ${file}, the first of them ${first.line}, which ${first.why}`,
      ),
    ),
    ...closed.map(({ file, kept }) => escapeShown(`not read: ${file}, ${CLOSED[kept]}`)),
  ].flatMap((line) => wrap(line, columns));
}

const CLOSED: Readonly<Record<ConfidentialJson['kept'], string>> = {
  sealed: 'which is sealed: modelsmith unseal opens it, and --confidential-from reads it',
  outside: 'which is kept outside the repository: --confidential-from reads it where you have it',
  erased: 'whose content was erased (CONTENT_ERASED)',
};
