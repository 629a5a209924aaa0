import type { Statement } from '../domain/approval.ts';
import { toIdSet } from '../domain/entry.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { isStated, requiredFiles } from './evidence-rules.ts';
import { gateRuleDigest, statedDemands, type GateRule } from './gate-rule.ts';
import type { Law } from './law.ts';
import { subjectDigest } from './subject.ts';
import { entriesOf, type Bundle, type World } from './world.ts';

/** What somebody who signs at this gate now would state. */
export function statementOf(law: Law, bundle: Bundle, rule: GateRule): Statement {
  return {
    subject: subjectDigest(law, bundle),
    evidence: requiredFiles(bundle.folder, statedDemands(rule))
      .filter(([path]) => isStated(path))
      .map(([path, { sha256 }]) => ({ path, sha256 })) as unknown as Statement['evidence'],
    approvals: toIdSet(bundle.entries.map((entry) => entry.id)),
    gateRule: gateRuleDigest(rule),
  };
}

/** The statement of a new entry: the entries it knows are those of the commit before, not its own siblings. */
export function newStatement(world: World, bundle: Bundle, rule: GateRule): Statement {
  const known = entriesOf(world.before ?? world.tree, bundle.iteration);
  return { ...statementOf(world.law, bundle, rule), approvals: toIdSet(known.map((entry) => entry.id)) };
}

/** How a statement differs from what is there, in words; null where it still says what is so. */
export function staleBecause(stated: Statement, now: Statement): string | null {
  if (stated.subject !== now.subject)
    return 'covers another artifact, change, lock, evaluation, export or target';
  if (stated.gateRule !== now.gateRule) return 'was given under an older rule of this gate';
  const current = new Map(now.evidence.map((file) => [file.path as string, file.sha256]));
  const changed = stated.evidence.find((file) => current.get(file.path) !== file.sha256);
  if (changed !== undefined) return `covers an older ${changed.path}`;
  const added = now.evidence.find((file) => !stated.evidence.some((old) => old.path === file.path));
  if (added !== undefined) return `does not cover ${added.path}, which came later`;
  const here = new Set<string>(now.approvals);
  const gone = stated.approvals.find((id) => !here.has(id));
  return gone === undefined ? null : `lists the entry ${gone.slice(0, 12)}, which is gone`;
}

/** A new statement must equal what is in the tree, down to the set of entries known. */
export function checkStatement(stated: Statement, now: Statement): readonly Reason[] {
  const reasons: Reason[] = [];
  const differ = (what: string, has: string, found: string): unknown =>
    has !== found && reasons.push(reason('STATEMENT_DIFFERS', { what, stated: has, found }));
  differ('subject', stated.subject, now.subject);
  differ('gate rule', stated.gateRule, now.gateRule);
  differ('evidence', JSON.stringify(stated.evidence), JSON.stringify(now.evidence));
  differ('entries known', stated.approvals.join(' '), now.approvals.join(' '));
  return reasons;
}
