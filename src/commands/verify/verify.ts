import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { sparingly, type Sparing } from '../../domain/partly-read.ts';
import { isDemonstration } from '../../domain/repository.ts';
import type { Finding, Verification } from '../../evidence/verification.ts';
import type { TrustRoot } from '../../evidence/trust-root.ts';
import type { RepositoryFacts } from '../../ports/repository.ts';
import type { Command } from '../shared/command.ts';
import { OPENED_OPTION, withOpened } from '../shared/confidential/opened.ts';
import { PLAIN_HTTP_OPTION } from '../shared/intake/registry-choice.ts';
import { expectedBy } from '../shared/opening/recalled-tips.ts';
import { rememberTip } from '../shared/opening/remember-tip.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import { VerifyOutput } from '../shared/views/verify-output.ts';
import { openJudged } from '../shared/opening/workspace.ts';
import { acceptRewind, isRewind, needPersonForRewind } from './accept-rewind.ts';
import { checkContent } from './content.ts';
import { checkRegistry, countBound } from './registry-content.ts';
import { findingOut } from './findings.ts';
import { askFirstRoot } from './first-root.ts';
import { formatted, FORMATS } from './formats.ts';
import { commitsInRange } from './range.ts';
import { see, type Seen } from './seen.ts';

const Input = z.object({
  range: z.string().min(1).optional(),
  pin: z.boolean().default(false),
  expectDescends: z
    .string()
    .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a full commit id')
    .optional(),
  acceptRewind: z.boolean().default(false),
  cold: z.boolean().default(false),
  content: z.boolean().default(false),
  registry: z.string().optional(),
  plainHttp: z.boolean().default(false),
  confidentialFrom: z.string().nullable().default(null),
  format: z.enum(FORMATS, { error: `must be one of ${FORMATS.join(', ')}` }).default('text'),
});

const UNNAMED = 'no branch is judged here, so no tip is remembered that this one could be held to';
const SCHEMA = 'modelsmith/out/verify/v1';

/** Judges everything from the trust root to the tip. */
export const verify: Command<z.infer<typeof Input>> = {
  name: 'verify',
  group: 'machines',
  summary: 'judge the whole history from the trust root; exit 3 with findings',
  description:
    'Every commit from the root to the tip is judged by the law of its parent. A range only limits which\n' +
    'findings are printed. Without findings the exit code is 0, with any it is 3, and anything that keeps the history\n' +
    'from being judged at all has a code of its own.\n\n' +
    'At a terminal the tip of a branch is remembered in your own state folder, and the next one must descend from it,\n' +
    'in every clone. What this build of modelsmith found valid there is not judged again, until you say --cold; only a\n' +
    'whole yes is had that way, and retired iterations are not read. Without a terminal nothing is\n' +
    'remembered unless --state or MODELSMITH_STATE names a folder, and everything is judged every time unless\n' +
    'MODELSMITH_INCREMENTAL is 1.',
  arguments: [
    { name: '[range]', description: '<id>..<id>, or one commit: print the findings of these alone' },
  ],
  options: [
    { flags: '--pin', description: 'remember the root for this repository when there are no findings' },
    { flags: '--expect-descends <commit>', description: 'a full commit id that the tip must descend from' },
    {
      flags: '--accept-rewind',
      description: 'accept that the branch goes on from before what was verified here; asks at a terminal',
    },
    { flags: '--cold', description: 'judge everything again, whatever was found valid here before' },
    {
      flags: '--content',
      description:
        'make every report again from its raw files and compare; with --registry read the weights, too, for the lock they carry',
    },
    {
      flags: '--registry <registry>',
      description:
        'hash what was exported and is not deprecated again, in this folder or at oci://<host>/<repository>',
    },
    PLAIN_HTTP_OPTION,
    OPENED_OPTION,
    {
      flags: '--format <format>',
      values: FORMATS,
      description:
        'text (default), json (the same as --json), sarif, junit, or github (annotations of a workflow)',
    },
  ],
  examples: [
    'modelsmith verify --root <commit>:<fingerprint> --pin',
    'modelsmith verify --branch origin/main',
    'modelsmith verify --format sarif > modelsmith.sarif',
    'modelsmith verify --registry oci://registry.example.org/models/claims-triage',
    'modelsmith verify --content --registry oci://registry.example.org/models/claims-triage',
    'modelsmith verify --content --expect-descends <last verified tip> --json',
  ],
  writes: false,
  reads: true,
  input: Input,
  run: async (around, input, common) => {
    const context = await withOpened(around, input.confidentialFrom);
    if (common.json && input.format !== 'text' && input.format !== 'json')
      throw new CannotTell('USAGE', `--json and --format ${input.format} exclude each other`, {
        remedy: 'modelsmith verify --help',
      });
    if (input.acceptRewind) needPersonForRewind(context);
    const answered: { root: TrustRoot | null } = { root: null };
    const options = {
      ...common,
      tipOnly: true,
      cold: input.cold,
      ...(input.expectDescends !== undefined && { descends: input.expectDescends }),
    };
    const seen = async (sparing: Sparing | null): Promise<Seen> =>
      see(
        context,
        await openJudged(
          context,
          { ...options, sparing },
          async (unverified) => (answered.root ??= await askFirstRoot(context, unverified)),
        ),
      );
    // Content is that of every iteration.
    const { judged, valid, world, brakes, told, counts } = await (input.content ||
    input.registry !== undefined
      ? seen(null)
      : sparingly(seen));
    const { verification, facts, root, recalled } = judged;
    const content = input.content && world !== null ? checkContent(world.tree, context) : null;
    const exported =
      input.registry === undefined || world === null
        ? null
        : await checkRegistry(context, world.tree, input.registry, input.plainHttp, input.content);
    const unread = input.content && world !== null && exported === null ? countBound(world.tree) : 0;
    const found: readonly Finding[] = [
      ...verification.findings,
      ...[...(content?.findings ?? []), ...(exported?.findings ?? [])].map((finding) => ({
        ...finding,
        commit: valid?.id ?? verification.tip,
      })),
    ];
    const forgotten = input.acceptRewind ? await acceptRewind(context, judged, found) : [];
    const findings = forgotten.length > 0 ? [] : found;
    if (findings.length === 0 && (verification.tipIsVoid || verification.counts.signatures === 0))
      throw new Error('a history without findings in which nothing was verified');
    const wanted = input.range === undefined ? null : await commitsInRange(judged, input.range);
    const printed = findings.filter(({ commit }) => wanted === null || wanted.has(commit));

    const pin = findings.length === 0 && world !== null && (input.pin || answered.root !== null);
    if (pin) await context.trust.pin(world.law.repository.id, root);
    const next = findings.length === 0 ? await rememberTip(context, judged, forgotten) : null;
    const output = VerifyOutput.parse({
      schema: SCHEMA,
      answer: findings.length === 0 ? 'yes' : 'no',
      demonstration: world !== null && isDemonstration(world.law.repository),
      repository: world?.law.repository.id ?? null,
      root: printTrustRoot(root),
      tip: verification.tip,
      range: input.range ?? null,
      counts: { ...verification.counts, ...counts },
      judgedBefore: beforeOf(verification),
      findings: printed.map(findingOut),
      findingsOutsideRange: findings.length - printed.length,
      ...(exported !== null && { exportsRead: exported.read }),
      ...(unread > 0 && { locksUnread: unread }),
      contentChecked: content?.checked ?? null,
      contentClosed: content?.closed ?? null,
      notices: [...noticesOf(facts), ...(recalled.kind === 'unnamed' ? [UNNAMED] : [])],
      remembered:
        recalled.kind !== 'branch'
          ? null
          : {
              branch: recalled.identity.branch,
              expected: expectedBy(recalled).map(({ commit }) => commit),
              descends: !found.some(isRewind),
              rewindAccepted: forgotten.length > 0,
              next,
            },
      overrides: brakes?.overrides ?? [],
      notObeyed: brakes?.notObeyed ?? [],
      ...told,
      pinned: pin,
      shown: valid?.id ?? null,
    });
    return {
      kind: output.answer,
      json: output,
      text: (view) => formatted(input.format, output, view, context.version),
    };
  },
};

function beforeOf({ before }: Pick<Verification, 'before'>): VerifyOutput['judgedBefore'] {
  return before === null ? null : { commit: before.commit, commits: before.counts.commits };
}

/** Things in the clone that make other tools see another history. They were not followed here. */
function noticesOf({ replacements, grafts }: RepositoryFacts): readonly string[] {
  return [
    ...replacements.map((ref) => `the replacement ${ref} is in this clone; it was not followed`),
    ...(grafts ? ['a grafts file is in this clone; it was not followed'] : []),
  ];
}
