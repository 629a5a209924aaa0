import * as z from 'zod';
import { seal } from '../../domain/document.ts';
import { Exception, WaivedRule } from '../../domain/exception.ts';
import { INTAKE_RULE_IDS, INTAKE_RULES } from '../../domain/intake-rules.ts';
import { LineName, PrincipalName, toTime } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Text } from '../../domain/text.ts';
import { VersionPattern } from '../../domain/version-pattern.ts';
import { exceptionNamed } from '../../machine/exceptions.ts';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { exceptionName, exceptionTitle, seatLines } from '../shared/views/exception-text.ts';
import { exceptionView } from '../shared/views/exception-view.ts';
import { wrap } from '../shared/terminal/style.ts';
import { entryBy, land, openDesk, ownRole, Plan } from '../shared/opening/write.ts';
import { pickException } from './pick.ts';
import { Why } from '../shared/terminal/why.ts';

const DAY = 24 * 60 * 60;
const Days = z
  .string()
  .regex(/^(?:[1-9]|[1-8]\d|90)$/, 'must be a whole number of days from 1 to 90')
  .transform(Number);

const Input = z.object({
  line: LineName,
  waive: z.array(WaivedRule, 'must be given: the rule to waive').min(1),
  control: z.array(Text, 'must be given: what is done in its place').min(1),
  reason: Why,
  owner: PrincipalName.optional(),
  versions: VersionPattern.optional(),
  days: Days.optional(),
  reviewDays: Days.optional(),
  renews: ExceptionStart.optional(),
});

const WAIVABLE = INTAKE_RULE_IDS.filter((rule) => INTAKE_RULES[rule].waivable);

/** Asks for rules to be waived for a while. Others approve it. */
export const openException: Command<z.infer<typeof Input>> = {
  name: 'exception open',
  group: 'emergency',
  summary: 'ask for a rule to be waived for a while, with what is done in its place',
  description:
    'It waives nothing before those have approved whom the policy names, and nothing after its end. What has used it is\n' +
    `reviewed. Rules that can be waived: ${WAIVABLE.join(', ')}, and check:<name> for checks that the policy marks. ` +
    'Thresholds, runs, regressions, digests, gates, separation and privacy are never waived.',
  arguments: [{ name: '<line>', description: 'the line it is for' }],
  options: [
    { flags: '--waive <rule>', description: 'rule to waive; several of one kind', repeat: true },
    {
      flags: '--control <text>',
      description: 'what is done in its place; recorded and signed',
      repeat: true,
    },
    { flags: '--reason <text>', description: 'why; recorded and signed' },
    { flags: '--owner <principal>', description: 'who answers for it (default: you)' },
    { flags: '--versions <pattern>', description: 'only 1.4.0, 1.4.* or 1.* (default: all of the line)' },
    { flags: '--days <number>', description: 'how long it lasts (default: as long as the policy allows)' },
    {
      flags: '--review-days <number>',
      description: 'days after its end by which it is reviewed (default: the same)',
    },
    { flags: '--renews <exception>', description: 'the exception that this one continues' },
  ],
  examples: [
    'modelsmith exception open claims-triage --waive code-stated --versions 1.4.0 --days 7 \\',
    '    --control "every answer is read by a person" --reason "the trainer lost its record"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const headline = `no exception can be opened for ${input.line}`;
    const rules = world.law.policy.exceptions;
    if (rules === undefined)
      return { kind: 'refused', headline, reasons: [reason('EXCEPTIONS_NOT_ALLOWED', { line: input.line })] };
    const renewed = input.renews === undefined ? null : pickException(world, input.renews, headline);
    if (renewed !== null && 'kind' in renewed) return renewed;
    const renews = renewed?.each.exception;
    const ends = desk.now + (input.days ?? rules.maxDays) * DAY;
    const versions = input.versions ?? renews?.versions;
    const exception = seal(Exception, {
      schema: 'modelsmith/exception/v1',
      ...entryBy(desk, 'open-exception', ownRole(desk, common), renews === undefined ? [] : [renews.id]),
      line: input.line,
      ...(versions !== undefined && { versions }),
      waives: [...new Set(input.waive)].sort(),
      owner: input.owner ?? desk.who.principal.id,
      controls: input.control,
      expires: toTime(ends),
      reviewDue: toTime(ends + (input.reviewDays ?? rules.reviewDays) * DAY),
      ...(renews !== undefined && { renews: renews.id }),
      reason: input.reason,
    });
    const plan = new Plan(desk);
    const no = plan.add(headline, { kind: 'open-exception', exception });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Open ${exceptionName(exception.id)} for ${input.line}`);
    if (!('commit' in report)) return report;
    const { tree } = plan.world;
    const after = exceptionNamed(tree, exception.line, exception.id);
    if (after === null) throw new Error('an exception that was not opened');
    const view = exceptionView({ ...world, tree }, after, desk.actor.clock);
    return {
      kind: 'yes',
      json: { ...view, ...report },
      text: ({ columns }) =>
        [
          ...(report.demonstration ? ['DEMONSTRATION'] : []),
          ...wrap(exceptionTitle(view), columns),
          `until ${view.expires}; its review is due ${view.review.due} where it is used`,
          ...seatLines(view, columns),
          ...view.next.map((step) => `next: ${step}`),
          report.commit === null
            ? `dry run: would write ${report.files.join(', ')}`
            : `signed by ${report.signer} in commit ${report.commit}`,
        ].join('\n'),
    };
  },
};
