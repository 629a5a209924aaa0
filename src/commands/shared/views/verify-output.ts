import * as z from 'zod';
import { GateName, State } from '../../../domain/states.ts';
import { LockStrength } from '../../../domain/lock-strength.ts';
import { RiskTier } from '../../../domain/tiers.ts';

/** What `modelsmith verify --json` prints. Fields are only ever added to a version. */

export const ReasonOut = z.strictObject({
  code: z.string(),
  facts: z.record(z.string(), z.unknown()),
  sentence: z.string(),
  remedy: z.string().nullable(),
});

const GateOut = z.strictObject({
  gate: GateName,
  /** The owner of the change whose seat at the gate this is; null: the gate's own. */
  owner: z.string().nullable(),
  roles: z.array(z.string()),
  has: z.int().min(0),
  of: z.int().min(1),
  open: z.boolean(),
  approvedBy: z.array(z.string()),
  canSign: z.array(
    z.strictObject({
      principal: z.string(),
      roles: z.array(z.string()),
      command: z.string(),
      ended: z.literal(true).optional(),
    }),
  ),
  discounted: z.array(ReasonOut),
  objections: z.array(
    z.strictObject({
      act: z.string(),
      principal: z.string(),
      time: z.string(),
      reason: z.string(),
      entry: z.string(),
    }),
  ),
});

export const StandingOut = z.strictObject({
  iteration: z.string(),
  state: State,
  since: z.string(),
  waitsFor: z.string(),
  failed: z.boolean(),
  separationWaived: z.boolean(),
  /** Paths in the bundle of confidential files whose content was erased. */
  erased: z.array(z.string()).readonly(),
  /** How risky the change is; null where the policy has no rules of risk. */
  riskTier: RiskTier.nullable(),
  /** How strongly it is tied to its lock, what shows that or is lacking for more, and how strongly the policy asks. */
  lockStrength: z.strictObject({ strength: LockStrength, because: z.string(), demanded: LockStrength }),
  gates: z.array(GateOut),
  blocked: z.array(ReasonOut),
  /** What a stolen key signed that it stands on and nobody has re-affirmed. */
  tainted: z.array(ReasonOut),
});

const OverrideOut = z.strictObject({
  id: z.string(),
  act: z.string(),
  what: z.string(),
  principal: z.string(),
  time: z.string(),
  reason: z.string(),
  /** The ref it comes from while it is not merged; null for the branch itself. */
  ref: z.string().nullable(),
  /** Imposed on a commit that is not valid. */
  onVoid: z.boolean(),
});

const DrillOut = z.strictObject({
  override: z.string(),
  /** The latest drill of it that passed; null where there is none. */
  last: z.strictObject({ drill: z.string(), principal: z.string(), time: z.string() }).nullable(),
  /** By when the next one is due; null: since ever. */
  due: z.string().nullable(),
  overdue: z.boolean(),
});

const IncidentOut = z.strictObject({
  id: z.string(),
  principal: z.string(),
  time: z.string(),
  reason: z.string(),
  base: z.array(z.string()),
  /** Full ids, with the codes that this verifier found. */
  setAside: z.array(z.strictObject({ commit: z.string(), codes: z.array(z.string()) })),
  /** Where it chose between valid commits. */
  stands: z.array(z.strictObject({ strand: z.string(), commit: z.string() })),
  lost: z.array(z.string()),
  secondedBy: z.string().nullable(),
});

export const HeldOut = z.strictObject({
  line: z.string(),
  alias: z.string(),
  /** The version it points to; null for nothing. */
  to: z.string().nullable(),
  because: z.array(z.string()).readonly(),
});

export const FindingOut = ReasonOut.extend({
  /** Full id. */
  commit: z.string(),
  /** Paths the finding is about; empty where it is about the commit. */
  paths: z.array(z.string()),
  /** The principal who signed, where that is known. */
  signer: z.string().nullable(),
});
export type FindingOut = z.infer<typeof FindingOut>;

/** A review of an exception that was used and that nobody has written. */
const ReviewDueOut = z.strictObject({
  exception: z.string(),
  line: z.string(),
  owner: z.string(),
  due: z.string(),
  overdue: z.boolean(),
  /** Whether the exception is over, which its review comes after. */
  ended: z.boolean(),
});

export const VerifyOutput = z.strictObject({
  schema: z.literal('modelsmith/out/verify/v1'),
  /** `yes`: no findings at all, whatever the range. */
  answer: z.enum(['yes', 'no']),
  demonstration: z.boolean(),
  /** Null where not even the root is valid. */
  repository: z.string().nullable(),
  /** `<commit>:<fingerprint>`. */
  root: z.string(),
  tip: z.string(),
  range: z.string().nullable(),
  counts: z.strictObject({
    commits: z.int().min(0),
    governed: z.int().min(0),
    signatures: z.int().min(0),
    iterations: z.int().min(0),
    /** Of the iterations. */
    retired: z.int().min(0),
  }),
  /** Of these commits so many were found valid before, by this same build, and not judged again; null where all were. */
  judgedBefore: z.strictObject({ commit: z.string(), commits: z.int() }).nullable(),
  /** Those in the range. */
  findings: z.array(FindingOut),
  findingsOutsideRange: z.int().min(0),
  /** Exports whose manifest and files were hashed again; absent without `--registry`. */
  exportsRead: z.int().min(0).optional(),
  /** Exports that say their weights carry the id of their lock, which nothing here showed: absent where there is none, or all were read. */
  locksUnread: z.int().min(1).optional(),
  /** Reports imported again from raw files; null without `--content`. */
  contentChecked: z.int().min(0).nullable(),
  /** Confidential transcripts that were not at hand, so that samples could not be looked up in them; null without `--content`. */
  contentClosed: z.int().min(0).nullable(),
  notices: z.array(z.string()),
  /** What this machine's memory of verified tips says of the branch; null where it is off or there is no branch. */
  remembered: z
    .strictObject({
      branch: z.string(),
      /** Commits the tip had to descend from; none where the branch is seen for the first time. */
      expected: z.array(z.string()),
      descends: z.boolean(),
      /** Whether a person accepted now that it does not. */
      rewindAccepted: z.boolean(),
      /** The commit that is expected from now on; null where it is no other than before. */
      next: z.string().nullable(),
    })
    .nullable(),
  /** Repairs, and what they set aside: told every time. */
  incidents: z.array(IncidentOut),
  /** Overrides in force at the tip, those in refs of their own included. */
  overrides: z.array(OverrideOut),
  /** What lies in such refs and is not in force. */
  notObeyed: z.array(
    z.strictObject({
      ref: z.string(),
      commit: z.string(),
      override: z.string().nullable(),
      why: z.string(),
    }),
  ),
  /** Aliases that nothing moves in the world until people have settled something. */
  heldAliases: z.array(HeldOut),
  /** Reviews of exceptions that are due within two weeks, or overdue. */
  exceptionReviews: z.array(ReviewDueOut),
  /** Overrides that the policy wants drilled, and whether it is time; none where it wants none. */
  drills: z.array(DrillOut),
  /** Whether the root is remembered from now on. */
  pinned: z.boolean(),
  /** Why separation of duties is waived for something at the tip; null where it is not. */
  separationWaived: z.string().nullable(),
  /** The commit whose standing follows: the tip, or the last valid commit before findings. */
  shown: z.string().nullable(),
  /** Of every iteration that is not retired. */
  standing: z.array(StandingOut),
});
export type VerifyOutput = z.infer<typeof VerifyOutput>;
