import type { TreeFolder } from '../../../src/domain/tree.ts';
import {
  addBaseline,
  addEvidence,
  deprecateIt,
  evaluateIt,
  exportIt,
  lockNow,
  moveTo,
  requestIt,
} from './acts.ts';
import { lawTree, type LawChanges } from './law-files.ts';
import { decision, done } from './world.ts';

/** One iteration's whole way, stage by stage, every stage reached by allowed acts only. */
const STEPS = {
  law: [],
  baseline: [addBaseline()],
  locked: [lockNow()],
  candidate: [requestIt(), addEvidence()],
  evaluated: [evaluateIt()],
  'eval-accepted': [moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 })],
  handedOver: [exportIt()],
  'artifact-exported': [moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 })],
  signedOff: [decision('approve', 'operator-signoff', 'kim', 8)],
  'customer-deployed': [moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 })],
  validated: [
    decision('approve', 'domain-validation', 'dana', 9),
    decision('approve', 'governance-approval', 'gus', 10),
  ],
  'production-validated': [
    moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours: 10 }),
  ],
  deprecated: [deprecateIt()],
} as const;

/** From a request to the operator's word, whatever was asked for. */
export const ON_TO_SIGN_OFF = [
  addEvidence(),
  ...STEPS.evaluated,
  ...STEPS['eval-accepted'],
  ...STEPS.handedOver,
  ...STEPS['artifact-exported'],
  ...STEPS.signedOff,
] as const;

export type Stage = keyof typeof STEPS;
export const STAGES = Object.keys(STEPS) as readonly Stage[];

/** The tree at a stage under the law with these changes. */
export function treeAt(stage: Stage, changes: LawChanges = {}): TreeFolder {
  const upTo = STAGES.slice(0, STAGES.indexOf(stage) + 1);
  return done(lawTree(changes), ...upTo.flatMap((name) => STEPS[name]));
}
