import type { Reason, ReasonCode, ReasonFacts } from '../../../domain/reason.ts';
import { escapeWithin } from '../terminal/escape.ts';
import { ACTS } from './explain-acts.ts';
import { EXCEPTIONS } from './explain-exceptions.ts';
import { EVIDENCE } from './explain-evidence.ts';
import { FAULTS } from './explain-faults.ts';
import { GATES } from './explain-gates.ts';
import { LAW } from './explain-law.ts';
import type { Explained, Explainers } from './explained.ts';

export type { Explained } from './explained.ts';

const TABLE: Explainers = { ...ACTS, ...EVIDENCE, ...GATES, ...LAW, ...EXCEPTIONS, ...FAULTS };

/**
 * The only place that turns a code into words. Facts are escaped first, so nothing a repository holds can drive a
 * terminal. Where the facts do not name the iteration, remedies say `<iteration>`.
 */
export function explain(reason: Reason): Explained {
  return explainCode(reason.code, reason.facts);
}

function explainCode<Code extends ReasonCode>(code: Code, facts: ReasonFacts[Code]): Explained {
  return TABLE[code](escapeWithin(facts));
}

/** The codes in the order in which the reference lists them. */
export const REASON_CODES = Object.keys(TABLE) as readonly ReasonCode[];
