import type { Decided } from '../../domain/approval.ts';
import { drawSample } from '../../domain/draw-sample.ts';
import { approvalFile, bundleFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { itemKey, type Sample } from '../../domain/sample.ts';
import type { TreeFolder } from '../../domain/tree.ts';
import { bundleOf, iterationsOf, linesOf, type Bundle } from '../../machine/world.ts';
import type { Context } from '../shared/context.ts';
import { itemsOf, type ItemOfIteration } from '../shared/intake/run-items.ts';

interface SampleCheck {
  /** Samples that were looked up and drawn again. */
  readonly checked: number;
  /** Confidential transcripts that were not at hand. */
  readonly closed: number;
  readonly findings: readonly { readonly reason: Reason; readonly signer: string }[];
}

type Judged = Decided & { readonly sample: Sample };

/** Looks up every judged item in the transcripts, and draws again what was drawn at random. */
export function checkSamples(tree: TreeFolder, reader: Pick<Context, 'items' | 'opened'>): SampleCheck {
  let closed = 0;
  const found = linesOf(tree).flatMap((line) =>
    iterationsOf(tree, line).flatMap((iteration) => {
      const bundle = bundleOf(tree, iteration);
      const decisions = (bundle?.approvals ?? []).filter(isJudged);
      if (bundle === null || decisions.length === 0) return [];
      const runs = runsOf(bundle, reader);
      closed += runs.closed;
      return decisions.map((entry) => ({ bundle, entry, problems: problemsOf(entry.sample, runs) }));
    }),
  );
  return {
    checked: found.length,
    closed,
    findings: found.flatMap(({ bundle, entry, problems }) =>
      problems.map((message) => ({
        reason: reason('CONTENT_DIFFERS', {
          path: `${bundleFolder(bundle.iteration)}/${approvalFile(entry.id)}`,
          message,
        }),
        signer: entry.principal,
      })),
    ),
  };
}

function isJudged(entry: Bundle['approvals'][number]): entry is Judged {
  return entry.act !== 'withdraw' && entry.sample !== undefined;
}

/** All items of complete runs that are at hand, and how many transcripts are not. */
function runsOf(bundle: Bundle, reader: Pick<Context, 'items' | 'opened'>): Runs {
  const complete = bundle.record.evaluations.filter(({ status }) => status === 'complete');
  const found = complete.map((run) => itemsOf(reader, bundle, run));
  return {
    items: found.flatMap(({ items }) => items),
    closed: found.reduce((sum, { closed }) => sum + closed.length, 0),
  };
}

interface Runs {
  readonly items: readonly ItemOfIteration[];
  readonly closed: number;
}

/** What a sample says that is not so, in words. */
function problemsOf(sample: Sample, { items, closed }: Runs): readonly string[] {
  const keyed = sample.items.flatMap(({ run, task, item, sha256 }) =>
    run === undefined ? [] : [{ key: itemKey({ run, task, item }), sha256 }],
  );
  const digests = new Map(items.map(({ key, sha256 }) => [key, sha256]));
  const missing = keyed.filter(({ key }) => !digests.has(key));
  const other = keyed.filter(({ key, sha256 }) => digests.has(key) && digests.get(key) !== sha256);
  // What is not here may be in what is not at hand, and what was drawn from all cannot be drawn from some.
  if (closed > 0) return other.map(another);
  const { population, seed, method } = sample;
  const drawn = new Set(seed === undefined ? [] : drawSample([...digests.keys()], sample.items.length, seed));
  const picked = keyed.filter(({ key }) => digests.has(key) && !drawn.has(key));
  return [
    ...missing.map(({ key }) => `judges ${key}, which is not in the transcripts`),
    ...other.map(another),
    ...(population === undefined || population === digests.size
      ? []
      : [`says there are ${population} items, and the transcripts hold ${digests.size}`]),
    ...(method === 'random' ? picked.map(({ key }) => `judges ${key}, which its seed does not draw`) : []),
  ];
}

function another({ key }: { readonly key: string }): string {
  return `judges another ${key} than the transcripts hold`;
}
