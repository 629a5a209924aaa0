import { canonicalJson, type Json } from '../base/canonical-json.ts';
import type { Lock } from '../domain/lock.ts';
import type { LineRule } from '../domain/line-rule.ts';
import { CHANGE_FLAGS, overlapPermission, type ChangeFlag } from '../domain/model-change.ts';
import { toIterationId } from '../domain/names.ts';
import type { BaseModel, Dataset, Request } from '../domain/request.ts';
import type { Reference, References } from './references.ts';

/** What is so about one flag: what the request says, and what the evidence shows whatever it says. */
export interface FlagStanding {
  readonly flag: ChangeFlag;
  /** Null where the request does not say. */
  readonly declared: boolean | null;
  /** Why it is as risky as can be, in words; null where nothing shows that. */
  readonly fact: string | null;
  /** Null where neither the request nor the evidence says. */
  readonly value: boolean | null;
  /** What it counts as: where nobody says, the riskier. */
  readonly counts: boolean;
}

/** The one flag that makes a change less risky. */
export function riskierValue(flag: ChangeFlag): boolean {
  return flag !== 'offline-only';
}

/** All flags in their order. @param rule null where no rule of the policy speaks of the line any more. */
export function changeFlags(
  rule: LineRule | null,
  request: Request,
  lock: Lock,
  { ancestor, inService }: References,
): readonly FlagStanding[] {
  const declared = new Map(request.change.flags.map(({ name, value }) => [name, value]));
  return CHANGE_FLAGS.map((flag) => {
    const against = (reference: Reference | null): string | null =>
      FACTS[flag]({ rule, request, lock, reference });
    const fact = against(ancestor) ?? (inService === null ? null : servedThen(against(inService)));
    const said = declared.get(flag) ?? null;
    const value = fact === null ? said : riskierValue(flag);
    return { flag, declared: said, fact, value, counts: value ?? riskierValue(flag) };
  });
}

/** Whether the request says what the evidence shows to be wrong. */
export function isContradicted(
  standing: FlagStanding,
): standing is FlagStanding & { readonly declared: boolean; readonly fact: string } {
  const { flag, declared, fact } = standing;
  return fact !== null && declared !== null && declared !== riskierValue(flag);
}

interface Ground {
  readonly rule: LineRule | null;
  readonly request: Request;
  readonly lock: Lock;
  readonly reference: Reference | null;
}

/** What shows that a flag is as risky as can be, in words; null where nothing does. */
type Fact = (ground: Ground) => string | null;

const nothing: Fact = () => null;

const FACTS: { readonly [F in ChangeFlag]: Fact } = {
  'affects-production-traffic': ({ rule }) =>
    rule === null || rule.targets.length > 0
      ? `the line is served at ${rule === null ? 'places nobody knows' : rule.targets.join(', ')}`
      : null,
  'autonomous-planning': nothing,
  'code-execution': ({ request }) => asksFor(request, (permission) => permission === 'exec'),
  'cross-jurisdiction': ({ rule, request }) => {
    const homes = rule?.jurisdictions;
    if (homes === undefined) return 'the policy does not say where the targets of the line run';
    return ofData(request, ({ name, jurisdiction }) => {
      if (jurisdiction === undefined) return `nobody says which jurisdiction ${name} comes from`;
      return homes.includes(jurisdiction) ? null : `${name} comes from ${jurisdiction}`;
    });
  },
  'expands-permissions': ({ request, reference }) => {
    const before = reference?.request.change;
    const old = new Set<string>([...(before?.permissions ?? []), ...(before?.capabilities ?? [])]);
    const { permissions, capabilities } = request.change;
    const fresh = [...permissions, ...capabilities].filter((name) => !old.has(name));
    return fresh.length === 0 ? null : `${fresh.join(', ')} ${comparedWith(reference)}`;
  },
  'modifies-base': ({ request: { base }, reference }) =>
    reference !== null && isSameBase(base, reference.request.base)
      ? null
      : `the base ${base.name} at ${base.pin.value.slice(0, 12)} ${comparedWith(reference)}`,
  'modifies-code': ({ request, reference }) => {
    if (request.change.mutation === 'code') return 'the mutation is code';
    const [now, before] = [request, reference?.request].map((of) => of?.lineage.training.codeCommit);
    if (now === undefined) return 'the training names no commit of its code';
    return now === before ? null : `the training code at ${now.slice(0, 12)} ${comparedWith(reference)}`;
  },
  'modifies-data-lineage': ({ request, reference }) => {
    if (request.change.mutation === 'data') return 'the mutation is data';
    const before = reference?.request.lineage.datasets ?? [];
    const now = request.lineage.datasets.map(({ digest }) => digest);
    const gone = new Set(before.map(({ digest }) => digest).filter((digest) => !now.includes(digest))).size;
    if (gone > 0) return `${gone} of the data sets of ${named(reference)} are gone`;
    return ofData(request, (dataset) => {
      const same = before.filter(({ digest }) => digest === dataset.digest);
      if (same.length === 0) return `the data set ${dataset.name} ${comparedWith(reference)}`;
      // What is in it cannot have changed, so one of the two declarations is wrong.
      return same.some((old) => isSaidAlike(old, dataset))
        ? null
        : `the data set ${dataset.name} is said to be otherwise than by ${named(reference)}`;
    });
  },
  'modifies-evaluator': ({ lock, reference }) => {
    if (reference === null) return `the yardstick ${comparedWith(reference)}`;
    const differ = Object.keys(yardstick(lock)).filter(
      (part) =>
        canonicalJson(yardstick(lock)[part] as Json) !==
        canonicalJson(yardstick(reference.lock)[part] as Json),
    );
    return differ.length === 0 ? null : `${differ.join(' and ')} differ from those of ${named(reference)}`;
  },
  'network-access': ({ request }) => asksFor(request, (permission) => permission.startsWith('network:')),
  'new-tools': ({ request, reference }) => {
    if (request.change.mutation === 'tool') return 'the mutation is tool';
    const old = new Set<string>(reference?.request.change.permissions);
    const tools = asksFor(request, (permission) => permission.startsWith('tool:') && !old.has(permission));
    return tools === null ? null : `${tools} ${comparedWith(reference)}`;
  },
  'offline-only': ({ request }) => asksFor(request, (permission) => permission.startsWith('network:')),
  'personal-data': ({ request }) =>
    asksFor(request, (permission) => overlapPermission('data:personal*', permission)) ??
    ofData(request, ({ name, personalData }) => {
      if (personalData === undefined) return `nobody says whether ${name} holds personal data`;
      return personalData ? `${name} holds personal data` : null;
    }),
  'policy-semantics': nothing,
  'sensitive-task': nothing,
};

/** A name alone says nothing: what stands behind it is what is pinned. */
function isSameBase(one: BaseModel, other: BaseModel): boolean {
  return one.name === other.name && one.pin.kind === other.pin.kind && one.pin.value === other.pin.value;
}

function isSaidAlike(one: Dataset, other: Dataset): boolean {
  return one.jurisdiction === other.jurisdiction && one.personalData === other.personalData;
}

function asksFor({ change }: Request, isMeant: (permission: string) => boolean): string | null {
  const found = change.permissions.filter(isMeant);
  return found.length === 0 ? null : `it asks for ${found.join(', ')}`;
}

/** What is to be said of the first data set that there is something to be said of. */
function ofData({ lineage }: Request, of: (dataset: Dataset) => string | null): string | null {
  if (lineage.datasets.length === 0) return 'no data set is named';
  return lineage.datasets.map(of).find((words) => words !== null) ?? null;
}

function comparedWith(reference: Reference | null): string {
  return reference === null
    ? 'is new: it was made from no iteration that is deployed and stands'
    : `is new against ${named(reference)}`;
}

function servedThen(fact: string | null): string | null {
  return fact === null ? null : `${fact}, which served when this was asked for`;
}

function named(reference: Reference | null): string {
  return reference === null ? 'none' : toIterationId(reference.iteration);
}

/** What an iteration is measured by, by parts. */
function yardstick({ rubric, harness, tasks, datasets }: Lock): Readonly<Record<string, unknown>> {
  return { rubric: rubric.sha256, harness, tasks, datasets };
}
