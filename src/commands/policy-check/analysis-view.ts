import type { Analysis } from '../../analysis/analyse.ts';
import type { Stuck } from '../../analysis/promotions.ts';
import { EDGES } from '../../machine/edges.ts';
import { counted } from '../shared/views/notices.ts';
import type { PolicyAnalysisOutput } from '../shared/changes/policy-analysis-output.ts';
import { hanging } from '../shared/terminal/style.ts';

export function analysisOut(found: Analysis): PolicyAnalysisOutput {
  const { attended, openable, unlockable } = found;
  return {
    schema: 'modelsmith/out/policy-analysis/v1',
    combinations: String(found.combinations),
    examined: found.examined,
    lines: found.lines.map(({ of }) => ({ line: of.line, rule: of.rule.match })),
    attended: { answer: attended.answer, counterExamples: attended.examples },
    openable: { answer: openable.answer, counterExamples: openable.examples.map(stuckOut) },
    unlockable: { answer: unlockable.answer, counterExamples: unlockable.examples },
    indispensable: {
      edges: found.lines.flatMap(({ of, needed }) =>
        EDGES.filter(({ gates }) => gates.length > 0).map((edge) => ({
          ...{ line: of.line, from: edge.from, to: edge.to },
          people: needed?.get(edge) ?? null,
        })),
      ),
      acts: found.acts.map(({ what, needed, unfilled }) => ({
        ...{ act: what, people: needed.map(({ person }) => person), unfilled },
      })),
    },
    idle: found.idle,
    idleComplete: found.idleComplete,
  };
}

function stuckOut({ line, change, edge, behind, missing }: Stuck) {
  return {
    line,
    change:
      change === null
        ? null
        : {
            ...{ mutation: change.mutation, permissions: change.permissions },
            ...{ flags: change.set, unsaid: change.unsaid },
          },
    ...{ edge: { from: edge.from, to: edge.to }, behind, missing },
  };
}

/** As many counter-examples as people read. */
const SHOWN = 5;

export function analysisLines(found: PolicyAnalysisOutput, columns: number): readonly string[] {
  const { attended, openable, unlockable, indispensable, idle } = found;
  const all = `${found.combinations} combinations (${counted(found.lines.length, 'kind')} of lines, ${counted(found.examined, 'change')} looked at)`;
  const said = (
    answer: PolicyAnalysisOutput['attended']['answer'],
    what: string,
    examples: readonly string[],
    over = `for ${all}`,
  ): readonly string[] =>
    answer === 'proved'
      ? [`proved ${over}: ${what}`]
      : answer === 'cannot-tell'
        ? [
            `cannot tell: ${what}; there is more to go through than can be, and what was found to be so for ${all} is not all`,
          ]
        : [
            `not so: ${what}`,
            ...examples.slice(0, SHOWN).map((each) => `  counter-example: ${each}`),
            ...(examples.length > SHOWN ? [`  and ${examples.length - SHOWN} more (--json)`] : []),
          ];
  return [
    ...said(
      attended.answer,
      'nothing goes to customers or into production without a person',
      attended.counterExamples.map(({ line, path }) => `${line}: ${path.join(' → ')}`),
      `for every change of ${counted(found.lines.length, 'kind')} of lines`,
    ),
    ...said(
      openable.answer,
      'whatever is asked for, those enrolled can bring it to its end',
      openable.counterExamples.map(stuckWords),
    ),
    ...said(
      unlockable.answer,
      'nobody alone can lock all others out',
      unlockable.counterExamples.map(
        ({ person, others }) =>
          `${person} pulls ${counted(others, 'brake')} that suspend everybody else, and nobody else is left to lift one; next: enrol people for recovery`,
      ),
      'over all who may pull a brake',
    ),
    ...neededWords(indispensable),
    ...idle.map(({ kind, rule, why }) => `the ${KIND[kind]} ${rule} does nothing: ${why}`),
    ...(found.idleComplete
      ? []
      : ['cannot tell which rules of risk do nothing: there is more to go through than can be']),
  ].flatMap((text) => hanging(text, columns));
}

const KIND = { line: 'line rule', risk: 'rule of risk', check: 'check' } as const;

function stuckWords({
  line,
  change,
  edge,
  behind,
  missing,
}: PolicyAnalysisOutput['openable']['counterExamples'][number]): string {
  const asked =
    change === null
      ? 'any change'
      : [
          change.mutation,
          ...(change.flags.length > 0 ? [`flags ${change.flags.join(', ')}`] : []),
          ...(change.unsaid.length > 0 ? [`nobody says ${change.unsaid.join(', ')}`] : []),
          ...(change.permissions.length > 0 ? [`asks for ${change.permissions.join(', ')}`] : []),
        ].join('; ');
  const by = behind.length === 0 ? '' : `, asked for by ${behind.join(' and ')}`;
  const lacks = missing.map(
    ({ what, roles, of, holders }) =>
      `${what} needs ${of} of ${roles.join(' or ')}, held by ${holders.length === 0 ? 'nobody' : few(holders)}`,
  );
  return `${line} (${asked}${by}): ${edge.from} → ${edge.to} never opens: ${lacks.join('; ')}`;
}

function few(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

function neededWords({ edges, acts }: PolicyAnalysisOutput['indispensable']): readonly string[] {
  const where = new Map<string, string[]>();
  const note = (person: string, what: string): void => {
    where.set(person, [...(where.get(person) ?? []), what]);
  };
  for (const { line, to, people } of edges)
    for (const { person, always } of people ?? []) note(person, `${always ? '' : 'some '}${line} → ${to}`);
  for (const { act, people } of acts) for (const person of people) note(person, `to ${act}`);
  return [
    ...[...where].sort().map(([person, what]) => `without ${person} there is none of: ${few(what)}`),
    ...acts
      .filter(({ unfilled }) => unfilled.length > 0)
      .map(({ act, unfilled }) => `today nobody could ${act}: ${unfilled.join(', ')} lacking`),
    ...(edges.some(({ people }) => people === null)
      ? ['cannot tell of every line whom it could not do without: there is more to go through than can be']
      : []),
  ];
}
