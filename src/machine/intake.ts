import { INTAKE_RULES, type IntakeRuleId } from '../domain/intake-rules.ts';
import type { Iteration } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Dataset, Request } from '../domain/request.ts';
import { filesUnder, type TreeFolder } from '../domain/tree.ts';
import { compareVersions } from '../domain/version-order.ts';
import type { Law } from './law.ts';
import { isPassed, iterationsOf, recordOf, type Bundle } from './world.ts';

/** One thing that is wrong with a request by a rule of the policy. */
export interface IntakeFinding {
  readonly rule: IntakeRuleId;
  readonly severity: 'error' | 'warning';
  /** In words, what was found. */
  readonly found: string;
}

/** Everything that is wrong with a request by the intake rules of the policy, in their order. @param tree before it. */
export function intakeFindings(
  law: Law,
  tree: TreeFolder,
  iteration: Iteration,
  request: Request,
): readonly IntakeFinding[] {
  return (law.policy.intake ?? []).flatMap(({ rule, severity }) =>
    CHECKS[rule]({ tree, iteration, request }).map((found) => ({ rule, severity, found })),
  );
}

/** @param waived by exceptions that are open and that the request names. */
export function intakeReasons(
  findings: readonly IntakeFinding[],
  waived: ReadonlySet<string>,
): readonly Reason[] {
  return findings
    .filter(({ severity, rule }) => severity === 'error' && !waived.has(rule))
    .map(({ rule, found }) => reason('INTAKE_FAILED', { rule, ...INTAKE_RULES[rule], found }));
}

/** Evidence that a request refers to by digest, as its rules ask, and that the bundle does not hold. */
export function referredProblems(law: Law, bundle: Bundle): readonly Reason[] {
  return referredTo(law, bundle)
    .filter(({ paths }) => paths.length === 0)
    .map(({ what, dataset, sha256 }) => reason('REFERRED_MISSING', { what, dataset, sha256 }));
}

/** The attachments that hold what is referred to so, the paths of equal ones together. */
export function referredFiles(law: Law, bundle: Bundle): readonly (readonly string[])[] {
  return referredTo(law, bundle).map(({ paths }) => paths);
}

interface Referred {
  readonly what: string;
  readonly dataset: string;
  readonly sha256: string;
  /** Where it lies in the bundle. */
  readonly paths: readonly string[];
}

function referredTo(law: Law, { record, folder }: Bundle): readonly Referred[] {
  const rules = new Set((law.policy.intake ?? []).map(({ rule }) => rule));
  const here = filesUnder(folder, 'attachments');
  return record.request.lineage.datasets.flatMap(({ name, sheet, legalBasis }) =>
    [
      ...(rules.has('data-sheets') ? [['data sheet', sheet] as const] : []),
      ...(rules.has('legal-basis') ? [['legal basis', legalBasis] as const] : []),
    ].flatMap(([what, sha256]): readonly Referred[] => {
      if (sha256 === undefined) return [];
      const found = here.filter(([, file]) => (file.sha256 as string) === sha256);
      return [{ what, dataset: name, sha256, paths: found.map(([path]) => `attachments/${path}`) }];
    }),
  );
}

interface Ground {
  readonly tree: TreeFolder;
  readonly iteration: Iteration;
  readonly request: Request;
}

/** What is found, in words, one sentence each. */
type Check = (ground: Ground) => readonly string[];

const CHECKS: { readonly [R in IntakeRuleId]: Check } = {
  'version-higher': ({ tree, iteration }) =>
    iterationsOf(tree, iteration.line)
      .filter(({ version }) => compareVersions(version, iteration.version) >= 0)
      .filter((each) => !wasDropped(tree, each))
      .slice(0, 1)
      .map(
        ({ version }) => `${iteration.version} does not come after ${version}, which the line has already`,
      ),
  'base-read-from-adapter': ({ request }) =>
    request.base.statedBy === 'adapter-config'
      ? []
      : ['the adapter does not say itself which commit of the base it is for'],
  'code-stated': ({ request }) =>
    request.lineage.training.codeCommit === undefined ? ['the training names no commit of its code'] : [],
  'contact-stated': ({ request }) => (request.metadata.contact === undefined ? ['no contact is named'] : []),
  'intended-use-stated': ({ request }) =>
    request.metadata.intendedUse === undefined ? ['nobody says what the model is for'] : [],
  'licence-stated': ({ request }) => [
    ...(request.metadata.licence === undefined ? ['no licence of the model is named'] : []),
    ...ofEach(request, ({ name, licence }) =>
      licence === undefined ? `no licence of ${name} is named` : null,
    ),
  ],
  'data-stated': ({ request }) => [
    ...(request.lineage.datasets.length === 0 ? ['no data set is named'] : []),
    ...ofEach(request, (dataset) => {
      const lacking = (['jurisdiction', 'personalData', 'retention'] as const).filter(
        (key) => dataset[key] === undefined,
      );
      return lacking.length === 0 ? null : `${dataset.name} does not say its ${lacking.join(', ')}`;
    }),
  ],
  'data-sheets': ({ request }) => [
    ...(request.lineage.datasets.length === 0 ? ['no data set is named'] : []),
    ...ofEach(request, ({ name, sheet }) => (sheet === undefined ? `${name} refers to no data sheet` : null)),
  ],
  'legal-basis': ({ request }) =>
    ofEach(request, ({ name, personalData, legalBasis }) => {
      if (personalData === false || legalBasis !== undefined) return null;
      return `${name} ${personalData === true ? 'holds' : 'may hold'} personal data and refers to no legal basis`;
    }),
};

/** Given up before it reached a customer: else one request of the highest version there is would end the line. */
function wasDropped(tree: TreeFolder, iteration: Iteration): boolean {
  const record = recordOf(tree, iteration);
  return record?.state === 'deprecated' && !isPassed({ record }, { to: 'customer-deployed' });
}

function ofEach({ lineage }: Request, check: (dataset: Dataset) => string | null): readonly string[] {
  return lineage.datasets.flatMap((dataset) => check(dataset) ?? []);
}
