import { bundleFolder, isEvidencePath, RECORD, ROLLBACK_PROCEDURE } from '../../domain/paths.ts';
import { toIterationId } from '../../domain/names.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { EvidenceEntry, recordDocument } from '../../domain/record.ts';
import type { Role } from '../../domain/roles.ts';
import { fileAt, nodeAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkConfidential } from '../confidential.ts';
import { checkEntry } from '../entry-check.ts';
import { fileProblems } from '../evidence-rules.ts';
import { checkFiles } from '../file-check.ts';
import { coversPath, gateRules, type GateRule } from '../gate-rule.ts';
import { standingObjections, type Objection } from '../objections.ts';
import type { Law } from '../law.ts';
import { evidenceRoom } from '../record-room.ts';
import { requestersOf } from '../requesters.ts';
import { bundleOf, isPassed, type Bundle, type World } from '../world.ts';

type EvidenceAct = Extract<Act, { kind: 'evidence' }>;

/** Documents for people to read. Once somebody has decided on them they change only in answer to a change request. */
export function decideEvidence(
  world: World,
  { iteration, evidence, files }: EvidenceAct,
  actor: Actor,
): Decision {
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record } = bundle;
  const open = standingObjections(world, bundle).filter((objection) => objection.act === 'request-changes');
  const unknown = evidence.answers.filter((id) => !open.some((objection) => objection.id === id));
  const after = { ...record, evidence: [...record.evidence, evidence] };
  const roles: readonly Role[] = ['pipeline', 'model-owner', 'operator', 'team-lead'];
  const reasons = [
    ...checkEntry(world, actor, EvidenceEntry, evidence, {
      line: iteration.line,
      roles,
      reliedOn: [record.request.id],
    }),
    ...checkFiles(evidence.files, files),
    ...evidenceRoom(record, after),
    ...(files.length === 0 ? [reason('EVIDENCE_MISSING', { path: 'any file' })] : []),
    ...checkConfidential(files, bundle),
    ...unknown.map((entry) => reason('ANSWER_UNKNOWN', { entry })),
    ...files.flatMap(({ path, bytes }) => [
      ...(isEvidencePath(path) && !liesInTheWay(bundle, path)
        ? fileProblems(path, bytes)
        : [reason('FILE_NOT_EVIDENCE', { path })]),
      ...mayBring(world.law, bundle, path, evidence.role, actor),
      ...decidedAlready(
        world,
        bundle,
        path,
        open.filter((objection) => evidence.answers.includes(objection.id)),
      ),
    ]),
    ...(record.state === 'deprecated'
      ? [
          reason('STATE_OTHER', {
            iteration: toIterationId(iteration),
            state: record.state,
            needed: 'any other',
          }),
        ]
      : []),
  ];
  return refusedIf(reasons, () => [
    ...files.map((file) => ({ path: `${bundleFolder(iteration)}/${file.path}`, bytes: file.bytes })),
    putText(`${bundleFolder(iteration)}/${RECORD}`, recordDocument.print(after)),
  ]);
}

/** A file cannot take the place of a folder, nor lie below a file: what is there would vanish. */
function liesInTheWay({ folder }: Bundle, path: string): boolean {
  const segments = path.split('/');
  const above = segments.slice(0, -1).map((_segment, index) => segments.slice(0, index + 1).join('/'));
  return (
    nodeAt(folder, path)?.kind === 'folder' || above.some((name) => nodeAt(folder, name)?.kind === 'file')
  );
}

/** The pipeline brings anything; who is behind the request, in the model owner's role, too; operators the rollback procedure. */
function mayBring(law: Law, bundle: Bundle, path: string, role: Role, actor: Actor): readonly Reason[] {
  if (role === 'pipeline') return [];
  if (role === 'model-owner' && requestersOf(bundle, law).has(actor.principal.id)) return [];
  if ((role === 'operator' || role === 'team-lead') && path === ROLLBACK_PROCEDURE) return [];
  return [reason('EVIDENCE_NOT_YOURS', { path, principal: actor.principal.id })];
}

/**
 * A new file matters to the gates still ahead; a changed one also to those that were opened on it. What a transition
 * relied on stays as it was signed; what is being decided changes only in answer to a change request at that gate.
 */
function decidedAlready(
  world: World,
  bundle: Bundle,
  path: string,
  answered: readonly Objection[],
): readonly Reason[] {
  const isNew = fileAt(bundle.folder, path) === null;
  return gateRules(world.law, bundle)
    .filter((rule) => coversPath(rule, path) && (!isNew || rule.edge.from === bundle.record.state))
    .filter((rule) => bundle.approvals.some((entry) => entry.gate === rule.gate))
    .filter(
      (rule) => isPassed(bundle, rule.edge) || !answered.some((objection) => sharesEdge(objection, rule)),
    )
    .map((rule) => reason('EVIDENCE_DECIDED', { path, gate: rule.gate }));
}

function sharesEdge({ gate }: Objection, rule: GateRule): boolean {
  return (rule.edge.gates as readonly string[]).includes(gate);
}
