import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { SafeName, toIterationId, toTime } from '../../domain/names.ts';
import type { Reason } from '../../domain/reason.ts';
import { ALIASES, AliasName } from '../../domain/states.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { whyNotThere } from '../../machine/deployable.ts';
import { targetNamed } from '../../machine/targets.ts';
import type { Bundle, World } from '../../machine/world.ts';
import { inCachedClone } from '../shared/sharing/cached-clone.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { PLAIN_HTTP_OPTION } from '../shared/intake/registry-choice.ts';
import { openWorkspace, type Workspace } from '../shared/opening/workspace.ts';
import { findAsked } from './asked.ts';

const SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

const Age = z.string().transform((text, context) => {
  const [, count = '', unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (unit === 'm' || unit === 'h' || unit === 'd') return Number(count) * SECONDS[unit];
  context.addIssue('must be such as 7d, 12h or 30m');
  return z.NEVER;
});

const Input = z.object({
  subject: z.string().min(1, 'must not be empty'),
  for: z.union([AliasName, SafeName], 'must be an alias or the name of a target'),
  repository: z.string().optional(),
  maxAge: Age.optional(),
  plainHttp: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

/** Whether something may be deployed, for whoever is about to. */
export const check: Command<Input> = {
  name: 'check',
  group: 'machines',
  summary: 'may this be deployed there? 0 yes, 3 no with every reason, else it cannot be told',
  description:
    'For any deployment: says yes where the whole history is verified, the alias points to exactly this, nothing holds the ' +
    'alias – a freeze, a stolen key, an objection, a capability that is disabled –, and exceptions it came in by are open. ' +
    'Overrides in refs beside the branch count.\n\n' +
    'A tag is looked up in its registry, and can be moved the moment after: deploy the digest that is printed. With ' +
    '--max-age it cannot be told where the latest signature is older, since whoever keeps an old copy in the way can hide a ' +
    'freeze, but cannot sign.',
  arguments: [
    {
      name: '<subject>',
      description:
        'sha256:<digest> of a manifest or of weights (of all files together, as this prints it), oci://<host>/<repository>:<tag> or @<digest>, oci:<folder>:<tag>, ' +
        'a folder with the adapter, or line@version',
    },
  ],
  options: [
    {
      flags: '--for <alias|target>',
      values: ALIASES,
      description: `what it is deployed as: ${ALIASES.join(' or ')}; or where: the name of a target in the policy`,
    },
    {
      flags: '-r, --repository <address>',
      description:
        'the evidence repository by its address, in a clone of your own cache (default: the current folder)',
    },
    { flags: '--max-age <age>', description: 'how long ago the latest signature may be, such as 7d or 12h' },
    PLAIN_HTTP_OPTION,
  ],
  examples: [
    'modelsmith check sha256:<digest> --for production',
    'modelsmith check oci://registry.example.org/models/claims-triage:claims-triage-1.4.0 --for serving \\',
    '    -r https://git.example.org/evidence.git --root <commit>:<fingerprint> --max-age 7d --json',
  ],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, input, common) =>
    input.repository === undefined
      ? await answer(context, input, common)
      : await inCachedClone(context, common, input.repository, (there) => answer(context, input, there)),
};

async function answer(context: Context, input: Input, common: CommonOptions): Promise<Outcome> {
  const headline = `${input.subject} may not be deployed for ${input.for}`;
  const workspace = await openWorkspace(context, common);
  const { world, valid, verification } = workspace;
  const findings = verification.findings.map((finding) => finding.reason);
  // Nothing is believed of a history that is not valid, and nobody is told yes on one.
  if (isNonEmpty(findings))
    return {
      kind: 'refused',
      headline: `${headline}: the history is not valid`,
      reasons: findings,
      next: ['modelsmith verify   (shows every finding)'],
    };
  demandPlace(world, input.for);
  if (input.maxAge !== undefined) demandRecent(context, workspace, input.maxAge);
  const asked = await findAsked(context, world, input.subject, input.plainHttp);
  if (asked.kind === 'none') return { kind: 'refused', headline, reasons: asked.reasons };
  const at = Math.max(context.now(), valid.clock);
  const [first, ...others] = asked.bundles;
  const judge = (bundle: Bundle) => ({ bundle, reasons: whyNotThere(world, bundle, input.for, at) });
  const judged = [judge(first), ...others.map(judge)] as const;
  const allowed = judged.find(({ reasons }) => reasons.length === 0);
  if (allowed !== undefined) return yes(workspace, input, allowed.bundle);
  const reasons: readonly Reason[] = judged.flatMap((each) => each.reasons);
  if (!isNonEmpty(reasons)) throw new Error('refused without a reason');
  const [{ bundle }] = judged;
  const id = toIterationId(bundle.iteration);
  const named = input.subject === id ? id : `${input.subject} – that is ${id} –`;
  return { kind: 'refused', headline: `${named} may not be deployed for ${input.for}`, reasons };
}

/** A misspelt target is nobody's no. @throws CannotTell NO_INPUT. */
function demandPlace({ law }: World, where: Input['for']): void {
  if (AliasName.safeParse(where).success || targetNamed(law, where as SafeName) !== null) return;
  const known = Object.keys(law.policy.targets ?? {}).sort();
  throw new CannotTell('NO_INPUT', `the policy knows no target ${where}`, {
    facts: [known.length === 0 ? 'it describes none' : `it describes ${known.join(', ')}`],
    remedy: `name an alias (${ALIASES.join(' or ')}), or a target: modelsmith policy show`,
  });
}

/** @throws CannotTell UNREACHABLE: what holds now was not reached. */
function demandRecent(context: Context, { valid }: Workspace, maxAge: number): void {
  const age = context.now() - valid.clock;
  if (age <= maxAge) return;
  throw new CannotTell(
    'UNREACHABLE',
    'the latest signature is older than --max-age, so this may be an old copy',
    {
      facts: [`signed ${toTime(valid.clock)}, ${Math.floor(age / 3600)} hours ago`],
      remedy: 'fetch from where people push; where nobody signs for so long, choose a longer age',
    },
  );
}

function yes(
  { world, verification, valid }: Workspace,
  input: Input,
  { iteration, record }: Bundle,
): Outcome {
  const demonstration = isDemonstration(world.law.repository);
  const { artifact } = record.request;
  const manifest = record.export?.manifest.sha256 ?? null;
  const id = toIterationId(iteration);
  return {
    kind: 'yes',
    json: {
      ...{ demonstration, tip: verification.tip, signed: toTime(valid.clock) },
      ...{ iteration: id, for: input.for, state: record.state },
      ...{ manifest, artifact: artifact.digest },
    },
    text: () =>
      [
        ...(demonstration ? ['DEMONSTRATION'] : []),
        `allowed: ${input.subject === id ? id : `${escapeShown(input.subject)} is ${id}`}, for ${input.for}`,
        ...(manifest === null ? [] : [`manifest sha256:${manifest}`]),
        `weights  sha256:${artifact.digest}`,
        `verified to ${verification.tip}, latest signature ${toTime(valid.clock)}`,
      ].join('\n'),
  };
}
