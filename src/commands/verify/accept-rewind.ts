import { CannotTell } from '../../base/errors.ts';
import { readCommit } from '../../evidence/history.ts';
import type { Finding } from '../../evidence/verification.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { counted } from '../shared/views/notices.ts';
import { typeBack } from '../shared/terminal/prompts.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import { sharedTip } from '../shared/opening/remember-tip.ts';
import type { Judged } from '../shared/opening/workspace.ts';

/** Nobody looks at more; how many there are is said. */
const MOST_SHOWN = 10;

/** Whether the memory holds it against the tip, and not somebody's `--expect-descends`. */
export function isRewind({ reason }: Pick<Finding, 'reason'>): boolean {
  return reason.code === 'NOT_DESCENDED' && reason.facts.branch !== null;
}

/** @throws CannotTell NOT_PERMITTED without a terminal. */
export function needPersonForRewind({ terminal }: Pick<Context, 'terminal'>): void {
  if (terminal.interactive) return;
  throw new CannotTell(
    'NOT_PERMITTED',
    'accepting a rewind takes a person at a terminal, and there is none',
    {
      facts: ['No option, variable or setting answers for a person.'],
      remedy: 'modelsmith verify --accept-rewind   (in an interactive terminal)',
    },
  );
}

/**
 * Shows what a rewound branch loses and has a person say that it is meant to be. Asked only where the rewind is all that
 * is wrong, and where a remote really has the branch as it is now: a clone that is merely behind has to pull.
 * @returns the commits no longer expected; none where nothing was accepted. @throws CannotTell NOT_PERMITTED.
 */
export async function acceptRewind(
  context: Context,
  judged: Judged,
  findings: readonly Finding[],
): Promise<readonly string[]> {
  const { terminal } = context;
  const { recalled, verification } = judged;
  const lost = findings.flatMap(({ reason }) =>
    reason.code === 'NOT_DESCENDED' && isRewind({ reason }) ? [reason.facts.expected] : [],
  );
  const notAsked = (why: string): readonly string[] => {
    terminal.say(`no rewind was accepted: ${why}`);
    return [];
  };
  if (recalled.kind !== 'branch' || lost.length === 0)
    return notAsked('the tip comes from everything that is remembered of it');
  if (lost.length < findings.length) return notAsked('there are other findings');
  if ((await sharedTip(judged)) === null)
    return notAsked('no remote has the branch as it is here, as far as this clone knows; git pull first');
  const branch = escapeShown(recalled.identity.branch);
  terminal.say(`${branch} does not come from what you verified before.`);
  for (const { commit, root, verified } of recalled.tips.filter((tip) => lost.includes(tip.commit))) {
    terminal.say(`  before  ${commit}   seen ${verified}`);
    if (printTrustRoot(root) !== printTrustRoot(judged.root))
      terminal.say(`          judged by another root then: ${printTrustRoot(root)}`);
  }
  terminal.say(`  now     ${verification.tip}`);
  for (const line of await lostCommits(judged, lost)) terminal.say(line);
  terminal.say(
    'Ask who moved the branch, and why, before you go on: whoever takes evidence back looks like this.',
  );
  await typeBack(context, `accept that ${branch} was rewound`);
  return lost;
}

/** What would be missing from now on, as far as this clone still has it. */
async function lostCommits(
  { repository, facts, verification }: Judged,
  lost: readonly string[],
): Promise<readonly string[]> {
  const kept = new Set(verification.commits.map(({ id }) => id));
  const objects = repository.openObjects();
  const lines: string[] = [];
  const seen = new Set<string>();
  let whole = true;
  const stack = [...lost];
  try {
    for (let id = stack.shift(); id !== undefined; id = stack.shift()) {
      if (seen.has(id) || kept.has(id)) continue;
      seen.add(id);
      const { commit } = await readCommit(objects, id, facts.objectFormat === 'sha1' ? 40 : 64);
      const [title = ''] = (commit?.message ?? '').split('\n');
      lines.push(`  lost    ${id.slice(0, 12)}  ${escapeShown(title.slice(0, 100))}`);
      stack.push(...(commit?.parents ?? []));
    }
  } catch (error) {
    if (!(error instanceof CannotTell) || error.code !== 'OBJECT_MISSING') throw error;
    whole = false;
  } finally {
    await objects.close();
  }
  const more = lines.length - MOST_SHOWN;
  return [
    ...lines.slice(0, MOST_SHOWN),
    ...(more > 0 ? [`          and ${counted(more, 'commit')} more`] : []),
    ...(whole ? [] : ['  lost    more than can be shown: this clone does not have what was there before']),
  ];
}
