import type { Decided } from '../../domain/approval.ts';
import { drawSample } from '../../domain/draw-sample.ts';
import { approvalFile, bundleFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { itemKey, type Sample } from '../../domain/sample.ts';
import type { TreeFolder } from '../../domain/tree.ts';
import { bundleOf, iterationsOf, linesOf, type Bundle } from '../../machine/world.ts';
import type { ItemReader } from '../../ports/evaluations.ts';
import { itemsOf, type ItemOfIteration } from '../shared/run-items.ts';

interface SampleCheck {
  /** Samples that were looked up and drawn again. */
  readonly checked: number;
  readonly findings: readonly { readonly reason: Reason; readonly signer: string }[];
}

type Judged = Decided & { readonly sample: Sample };

/** Looks up every judged item in the transcripts, and draws again what was drawn at random. */
export function checkSamples(tree: TreeFolder, reader: ItemReader): SampleCheck {
  const found = linesOf(tree).flatMap((line) =>
    iterationsOf(tree, line).flatMap((iteration) => {
      const bundle = bundleOf(tree, iteration);
      const decisions = (bundle?.approvals ?? []).filter(isJudged);
      if (bundle === null || decisions.length === 0) return [];
      const runs = runsOf(bundle, reader);
      return decisions.map((entry) => ({ bundle, entry, problems: problemsOf(entry.sample, runs) }));
    }),
  );
  return {
    checked: found.length,
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

/** All items of complete runs, by what they are drawn by; each run's beside. */
function runsOf(bundle: Bundle, reader: ItemReader): ReadonlyMap<string, readonly ItemOfIteration[]> {
  const complete = bundle.record.evaluations.filter(({ status }) => status === 'complete');
  return new Map(complete.map((run) => [run.run, itemsOf({ items: reader }, bundle, run).items]));
}

/** What a sample says that is not so, in words. */
function problemsOf(
  sample: Sample,
  runs: ReadonlyMap<string, readonly ItemOfIteration[]>,
): readonly string[] {
  const keyed = sample.items.flatMap(({ run, task, item, sha256 }) =>
    run === undefined ? [] : [{ key: itemKey({ run, task, item }), sha256 }],
  );
  const items = [...runs.values()].flat();
  const digests = new Map(items.map(({ key, sha256 }) => [key, sha256]));
  const missing = keyed.filter(({ key }) => !digests.has(key));
  const other = keyed.filter(({ key, sha256 }) => digests.has(key) && digests.get(key) !== sha256);
  const { population, seed, method } = sample;
  const drawn = new Set(seed === undefined ? [] : drawSample([...digests.keys()], sample.items.length, seed));
  const picked = keyed.filter(({ key }) => digests.has(key) && !drawn.has(key));
  return [
    ...missing.map(({ key }) => `judges ${key}, which is not in the transcripts`),
    ...other.map(({ key }) => `judges another ${key} than the transcripts hold`),
    ...(population === undefined || population === digests.size
      ? []
      : [`says there are ${population} items, and the transcripts hold ${digests.size}`]),
    ...(method === 'random' ? picked.map(({ key }) => `judges ${key}, which its seed does not draw`) : []),
  ];
}
