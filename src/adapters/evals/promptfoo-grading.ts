import {
  isForeignArray,
  isForeignObject,
  memberOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import type { Complain } from './import-result.ts';

/**
 * promptfoo records a grader that could not be reached as a failed assertion, and leaves out which assertion it was. The
 * model did not fail then: nobody looked.
 */
export function gradingFaults(grading: ForeignObject, where: string, complain: Complain): void {
  const components = grading.get('componentResults') ?? null;
  if (isForeignArray(components) && components.length > 0) {
    for (const component of components) componentFaults(component, false, where, complain);
    return;
  }
  const reason = textOf(grading.get('reason')) ?? '';
  if (reason.trim() === 'No assertions') complain('EVAL_UNSCORED', `${where}: nothing was asserted`);
  else if (grading.get('pass') !== true && OUTAGE.test(reason))
    complain('EVAL_ERRORED', `${where}: ${reason.slice(0, 300)}`);
}

const OUTAGE = /^API (?:call )?error\b/i;

/** @param within something that names its assertion; what lies in it need not. */
function componentFaults(component: ForeignJson, within: boolean, where: string, complain: Complain): void {
  const named = within || isForeignObject(memberOf(component, 'assertion'));
  const parts = memberOf(component, 'componentResults') ?? null;
  if (isForeignArray(parts) && parts.length > 0) {
    for (const part of parts) componentFaults(part, named, where, complain);
    return;
  }
  if (memberOf(component, 'pass') === true) return;
  const reason = textOf(memberOf(component, 'reason')) ?? 'no reason';
  if (!named || OUTAGE.test(reason))
    complain('EVAL_ERRORED', `${where}: not graded: ${reason.slice(0, 300)}`);
}
