import { digestOfFiles, sha256 } from '../../../base/digest.ts';
import { isNonEmpty } from '../../../base/nonempty.ts';
import { Change, type PolicyChange } from '../../../domain/change.ts';
import { seal } from '../../../domain/document.ts';
import { isDemonstration } from '../../../domain/repository.ts';
import type { NewFile } from '../../../machine/act.ts';
import { folderDigest } from '../../../machine/changes.ts';
import { theftReports } from '../../../machine/compromised-keys.ts';
import { anyRole } from './change-entry.ts';
import { changeName } from './change-pick.ts';
import {
  askFirst,
  neededLines,
  neededOf,
  touchesLines,
  touchesOf,
  wordLines,
} from '../views/change-summary.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { examinePolicy, type Examined } from './examine-policy.ts';
import { anyOf } from '../explaining/explained.ts';
import { brief } from '../terminal/layout.ts';
import { entryBy, land, Plan, type Desk } from '../opening/write.ts';

export interface PolicyProposal {
  /** The whole policy, by paths relative to `policy/`. */
  readonly files: readonly NewFile[];
  readonly reason: string;
  /** Said where it is refused. */
  readonly headline: string;
  /** Commands to type where it is refused. */
  readonly next?: readonly string[];
  /** Lines for people beside what differs. Escaped. */
  readonly remarks?: readonly string[];
}

/** Writes a proposal to replace the policy, and says what it changes and who has to approve it. */
export async function proposePolicy(
  desk: Desk,
  common: CommonOptions,
  { files, reason, headline, next = [], remarks = [] }: PolicyProposal,
): Promise<Outcome> {
  const { world } = desk.workspace;
  const { examined, reasons } = await examinePolicy(desk.context, world, files, desk.actor.clock);
  if (isNonEmpty(reasons)) return { kind: 'refused', headline, reasons, next };
  if (examined === null) throw new Error('a policy without problems that cannot be read');
  const change = policyChange(desk, common, files, reason, examined);
  const plan = new Plan(desk);
  const no = plan.add(headline, { kind: 'propose', change, files });
  if (no !== null) return no;
  const report = await land(
    desk,
    common,
    plan,
    `Propose policy version ${change.version} as ${changeName(change.id)}`,
  );
  return 'commit' in report ? proposed(desk, change, examined, report, remarks) : report;
}

function policyChange(
  desk: Desk,
  common: CommonOptions,
  files: readonly NewFile[],
  reason: string,
  { brings, law }: Examined,
): PolicyChange {
  const change = seal(Change, {
    schema: 'modelsmith/change/v1' as const,
    ...entryBy(desk, 'propose', anyRole(desk, common), []),
    version: law.policy.version,
    reason,
    kind: 'policy' as const,
    replaces: folderDigest(desk.workspace.world.tree, 'policy'),
    proposal: digestOfFiles(files.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) }))),
    brings,
    reports: theftReports(desk.workspace.world.law),
  });
  if (change.kind !== 'policy') throw new Error('a proposal that became something else');
  return change;
}

function proposed(
  desk: Desk,
  change: PolicyChange,
  { difference, words, way, brings }: Examined,
  report: Exclude<Awaited<ReturnType<typeof land>>, Outcome>,
  remarks: readonly string[],
): Outcome {
  const touches = touchesOf(difference);
  const needed = neededOf(way, []);
  const able = askFirst(needed);
  const next =
    able.length === 0 ? [] : [`${anyOf(able)} can run: modelsmith policy approve ${brief(change.id)}`];
  const { law } = desk.workspace.world;
  const would = report.commit === null ? 'would propose' : 'proposed';
  return {
    kind: 'yes',
    json: {
      change: change.id,
      version: change.version,
      touches,
      brings,
      differences: words,
      needed,
      next,
      ...report,
    },
    text: ({ columns }) =>
      [
        ...(isDemonstration(law.repository) ? ['DEMONSTRATION'] : []),
        `${would} ${changeName(change.id)}: policy version ${change.version}`,
        ...touchesLines(touches, brings, columns),
        'what differs:',
        ...wordLines(words, columns),
        ...remarks,
        'who has to approve:',
        ...neededLines(needed, columns),
        ...next.map((step) => `next: ${step}`),
        report.commit === null
          ? 'dry run: nothing was written'
          : `signed by ${report.signer} in commit ${report.commit}`,
      ].join('\n'),
  };
}
