import type { Explanation, RuleExplained, SeatExplained } from '../../analysis/explain-policy.ts';
import type { Held } from '../../analysis/why-holds.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { field, hungFrom, wrap, type Style } from '../shared/terminal/style.ts';

/** What people read of it. */
export function explanationLines(
  iteration: string,
  version: number,
  { line, behind, licenceTier, flags, risk, lock, rules, seats }: Explanation,
  style: Style,
  columns: number,
): readonly string[] {
  const part = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  return [
    style.bold(`${iteration} under version ${version} of the policy`),
    ...field(
      'line',
      line === null
        ? 'no rule of a line matches it any more, so it counts as licence tier C'
        : `${line.match}, rule ${line.place} of ${line.of}, licence tier ${licenceTier}`,
      columns,
    ),
    ...behind.flatMap((match) => field('', `never reached for it: ${match}`, columns)),
    ...part(
      'What the change is',
      flags.flatMap(({ flag, counts, because }) =>
        hungFrom(`  ${counts ? 'yes' : 'no '}  `, escapeShown(`${flag}: ${because}`), columns),
      ),
    ),
    ...part(
      'Risk',
      risk === null
        ? wrap('nobody judges it: the policy has no section risk', columns)
        : [
            ...field(
              '  tier',
              [risk.tier, ...(risk.because.length > 0 ? [`for ${risk.because.join(', ')}`] : [])].join(' '),
              columns,
            ),
            ...risk.approvals.flatMap(({ role, because }) =>
              field('  needs', `${role}: ${because.join(', ')}`, columns),
            ),
          ],
    ),
    ...part('Lock', [
      ...field('  asked for', lock.demanded, columns),
      ...field('  it is', escapeShown(`${lock.strength}: ${lock.because}`), columns),
    ]),
    ...part(
      'Rules of risk',
      rules.flatMap((rule) => ruleLines(rule, columns)),
    ),
    ...part(
      'Seats',
      seats.flatMap((seat) => seatLines(seat, columns)),
    ),
  ];
}

function ruleLines(
  { id, why, applies, condition, brings }: RuleExplained,
  columns: number,
): readonly string[] {
  return [
    ...hungFrom(`  ${applies ? 'yes' : 'no '}  `, `${id}${applies ? `: ${brings.join(', ')}` : ''}`, columns),
    ...(why === null ? [] : hungFrom('       ', escapeShown(why.replaceAll('\n', ' ')), columns)),
    ...heldLines(condition, '       ', columns),
  ];
}

/** The condition as it is nested, each part with what came of it. */
function heldLines(
  { what, holds, because, parts }: Held,
  indent: string,
  columns: number,
): readonly string[] {
  const came = holds === null ? 'nobody says, so it counts' : holds ? 'so it is' : 'not so';
  const said = because === null || because === 'nobody says' ? came : `${came}: ${because}`;
  return [
    ...hungFrom(indent, escapeShown(`${what} – ${said}`), columns),
    ...parts.flatMap((each) => heldLines(each, `${indent}  `, columns)),
  ];
}

function seatLines(
  { gate, owner, roles, quorum, distinctFrom, evidence, checks, people, barred }: SeatExplained,
  columns: number,
): readonly string[] {
  return [
    ...hungFrom('  ', owner === null ? gate : `${gate}, the ${owner}`, columns),
    ...field(
      '    who',
      `${quorum === 1 ? 'one person' : `${quorum} people`} as ${roles.join(' or ')}: ${people.join(', ') || 'nobody holds that now'}`,
      columns,
    ),
    ...(barred.length === 0 ? [] : field('    barred', `${barred.join(', ')}, who asked for it`, columns)),
    ...(distinctFrom.length === 0
      ? []
      : field('    others', `than at ${distinctFrom.join(' and ')}`, columns)),
    ...(owner === null ? field('    evidence', evidence.join(', '), columns) : []),
    ...(owner === null && checks.length > 0
      ? field(
          '    checks',
          checks
            .map(({ name, maxAgeDays }) =>
              maxAgeDays === null ? name : `${name}, ${maxAgeDays} days old at most`,
            )
            .join('; '),
          columns,
        )
      : []),
  ];
}
