import * as z from 'zod';
import type { DecimalText } from '../base/decimal.ts';
import { DrillRules } from './drill-rules.ts';
import { isStrictlySorted } from './entry.ts';
import { ExceptionRules } from './exception-rules.ts';
import { FreshnessRules } from './freshness-rules.ts';
import { IntakeRules } from './intake-rules.ts';
import { LineRule } from './line-rule.ts';
import { GuardedPath, SafeName, SafePath } from './names.ts';
import { EVIDENCE_PATH, isEvidencePath, isGovernedName } from './paths.ts';
import { Decimal } from './policy-decimal.ts';
import { RiskRules } from './risk-rules.ts';
import type { HUMAN_ROLES } from './roles.ts';
import { MOST_ITEMS, SampleMethod } from './sample.ts';
import { ALIASES, GATES, type GateName } from './states.ts';
import { placeText, Target } from './target.ts';
import { Text } from './text.ts';
import { Trainers } from './trainers.ts';

/** `policy/policy.yaml`: what is demanded. Everything that can be written here is enforced. */

/** Who may open a gate at most; a policy can narrow this, never widen it. */
export const GATE_ROLES = {
  'operator-signoff': ['operator', 'team-lead'],
  'domain-validation': ['domain-expert'],
  'governance-approval': ['governance-approver'],
} as const satisfies { [Gate in GateName]: readonly (typeof HUMAN_ROLES)[number][] };

const Days = z.int().min(1).max(365);
/** Days a review may take from the time its gate could first be signed at: one number, or one by how risky a change is. */
const ReviewDays = z.union(
  [Days, z.strictObject({ low: Days, standard: Days, high: Days }).readonly()],
  'must be days from 1 to 365, or such days for each of low, standard and high',
);

/** What the sample of an expert has to hold at least. */
const SampleRule = z
  .strictObject({
    /** Items judged; where there are fewer and all of them are judged, that is enough. */
    judged: z.int().min(1).max(MOST_ITEMS),
    /** Share of the items chosen that are judged to meet the domain standard, 0 to 1; those passed over do not. */
    met: Decimal.refine((text) => /^(?:0(?:\.\d+)?|1)$/.test(text), 'must be from 0 to 1').default(
      '0' as DecimalText,
    ),
    methods: z
      .array(SampleMethod)
      .min(1)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly()
      .default(['all', 'listed', 'random']),
  })
  .readonly();
export type SampleRule = z.infer<typeof SampleRule>;

function gate<Name extends GateName>(name: Name) {
  return z.strictObject(gateShape(name)).readonly();
}

function gateShape<Name extends GateName>(name: Name) {
  return {
    roles: z
      .array(z.enum(GATE_ROLES[name]))
      .min(1)
      .readonly()
      .default([...GATE_ROLES[name]]),
    /** Distinct people needed. */
    quorum: z.int().min(1).max(20).default(1),
    /** Files demanded beyond those every policy demands, relative to the bundle. */
    extraEvidence: z
      .array(SafePath.refine(isEvidencePath, EVIDENCE_PATH))
      .max(50)
      .refine(isStrictlySorted, 'must be sorted, each path once')
      .readonly()
      .default([]),
    reviewDays: ReviewDays.optional(),
  };
}

/** The gate of the expert, who judges outputs. */
const domainValidation = z
  .strictObject({ ...gateShape('domain-validation'), sample: SampleRule.optional() })
  .readonly();

const Separation = z
  .strictObject({
    /** Whether the two gates of production-validated need different people. */
    productionGates: z.enum(['distinct', 'same-person']),
    /** Gates at which the requester, and the human behind a requesting automation, does not count. */
    requesterBarredFrom: z.array(z.enum(GATES)).readonly(),
    /** Why anything is waived here. It is printed with every release. */
    reason: Text.optional(),
  })
  .readonly();

export const Policy = z
  .strictObject({
    schema: z.literal('modelsmith/policy/v1'),
    version: z.int().min(1),
    description: Text.optional(),
    lines: z.array(LineRule).min(1).max(1000).readonly(),
    gates: z
      .strictObject({
        'operator-signoff': gate('operator-signoff').prefault({}),
        'domain-validation': domainValidation.prefault({}),
        'governance-approval': gate('governance-approval').prefault({}),
      })
      .readonly()
      .prefault({}),
    separation: Separation,
    /** How old may be what people decide on. */
    freshness: FreshnessRules.optional(),
    /** What a request has to bring beyond what every request has to. */
    intake: IntakeRules.optional(),
    /** Rules that may be waived for a while, by whom. Left out, none ever is. */
    exceptions: ExceptionRules.optional(),
    /** Left out, nobody judges how risky a change is; everything that is released says so. */
    risk: RiskRules.optional(),
    /** Keys whose signature over a model attests under which lock it was trained. Left out, nobody's does. */
    trainers: Trainers.optional(),
    /** The places that lines name as theirs. Left out, nothing is known of them but their names. */
    targets: z
      .record(SafeName, Target, {
        error: ({ code }) =>
          code === 'invalid_key'
            ? 'must be a name of letters, digits, dot, - and _, which starts with a letter or digit'
            : undefined,
      })
      .refine((targets) => Object.keys(targets).length <= 1000, 'must be at most 1000')
      .refine(
        (targets) => ALIASES.every((alias) => !Object.hasOwn(targets, alias)),
        `must not be called as an alias is: ${ALIASES.join(', ')}`,
      )
      .optional(),
    /** Left out, nobody is told that a drill is overdue. */
    drills: DrillRules.optional(),
    /**
     * Files and folders beside the governed names that only policy approvers change, such as CI definitions,
     * `.gitattributes` and `CODEOWNERS`.
     */
    guarded: z
      .array(
        GuardedPath.refine(
          (path) => !isGovernedName((path.split('/')[0] ?? '').toLowerCase()),
          'is governed already',
        ),
      )
      .max(200)
      .refine(isStrictlySorted, 'must be sorted, each path once')
      .refine(
        (paths) => !paths.some((path) => paths.some((other) => path.startsWith(`${other}/`))),
        'must not list what lies in another path listed',
      )
      .readonly()
      .default([]),
  })
  .superRefine(checkSeparation)
  .superRefine(checkTargets)
  .readonly();
export type Policy = z.infer<typeof Policy>;

/** In tier B a waiver needs a written reason; in A the policy decides, and C is an invariant of the code that nothing waives. */
function checkSeparation(
  policy: { lines: readonly LineRule[]; separation: z.infer<typeof Separation> },
  context: z.RefinementCtx,
): void {
  const { productionGates, requesterBarredFrom, reason } = policy.separation;
  const waived = productionGates === 'same-person' || !requesterBarredFrom.includes('governance-approval');
  const tiers = new Set(policy.lines.map(({ licenceTier }) => licenceTier));
  const complain = (message: string, ...path: readonly string[]): void =>
    context.addIssue({ code: 'custom', path: ['separation', ...path], message });
  if (!waived) return;
  if (tiers.has('B') && reason === undefined)
    complain('must say why separation is waived for lines of licence tier B', 'reason');
  if (!tiers.has('A') && !tiers.has('B'))
    complain('is waived, but every line is of licence tier C, where nothing waives it');
}

/** A policy that describes places describes all that its lines name, and none of them twice. */
function checkTargets(
  { lines, targets }: { lines: readonly LineRule[]; targets?: Readonly<Record<string, Target>> | undefined },
  context: z.RefinementCtx,
): void {
  if (targets === undefined) return;
  lines.forEach((line, index) => {
    for (const name of line.targets)
      if (!Object.hasOwn(targets, name))
        context.addIssue({
          code: 'custom',
          path: ['lines', index, 'targets'],
          message: `names ${name}, which is not among the targets`,
        });
  });
  const places = Object.entries(targets).flatMap(([name, target]) => {
    const place = placeText(target);
    return place === null ? [] : [{ name, place: `${place}/` }];
  });
  places.forEach(({ name, place }, index) => {
    const other = places
      .slice(0, index)
      .find((earlier) => place.startsWith(earlier.place) || earlier.place.startsWith(place));
    if (other !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['targets', name],
        message: `lies where ${other.name} lies: each would take away what the other put there`,
      });
  });
}
