import * as z from 'zod';
import type { CheckStatus } from './check.ts';
import { MOST_CHECK_FILES } from './check.ts';
import { jsonDocument } from './document.ts';
import { fileSet } from './entry.ts';
import { SafeName } from './names.ts';
import { Label, Text } from './text.ts';

/** `checks/<id>/report.json`: what an outside tool found, in one form whatever the tool. An importer makes it from raw output. */

/** From worst to least. An error fails the check. */
export const LEVELS = ['error', 'warning', 'note'] as const;
const Level = z.enum(LEVELS);
export type Level = z.infer<typeof Level>;

/** Findings listed in a report; of more it says how many were left out, the least of them first. */
export const MOST_FINDINGS = 1000;
export const MOST_MESSAGE = 500;

const Finding = z
  .strictObject({
    rule: Label,
    level: Level,
    message: Text.refine(
      (text) => text.length <= MOST_MESSAGE && !/[\n\t]/.test(text),
      `must be one line of at most ${MOST_MESSAGE} characters`,
    ),
  })
  .readonly();
export type Finding = z.infer<typeof Finding>;

const Count = z.int().min(0);

export const CheckReport = z
  .strictObject({
    schema: z.literal('modelsmith/check-report/v1'),
    importer: z.strictObject({ name: SafeName, version: z.int().min(1) }).readonly(),
    tool: z
      .strictObject({
        name: Label,
        /** Absent where the output does not tell it. */
        version: Label.optional(),
      })
      .readonly(),
    counts: z.strictObject({ error: Count, warning: Count, note: Count }).readonly(),
    findings: z
      .array(Finding)
      .max(MOST_FINDINGS)
      .refine(
        (list) =>
          list.every((item, index) => index === 0 || compareFindings(list[index - 1] ?? item, item) <= 0),
        'must be sorted by level, rule and message',
      )
      .readonly(),
    /** Findings that were counted and are not listed. */
    cut: Count,
    /** The raw files the report was made from. */
    raw: fileSet(MOST_CHECK_FILES),
  })
  .superRefine(({ counts, findings, cut }, context) => {
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const total = LEVELS.reduce((sum, level) => sum + counts[level], 0);
    if (findings.length + cut !== total)
      complain('cut', 'must be what counts hold beyond the findings listed');
    if (cut > 0 && findings.length < MOST_FINDINGS) complain('cut', 'leaves out what there was room for');
    let room = MOST_FINDINGS;
    for (const level of LEVELS) {
      const listed = findings.filter((finding) => finding.level === level).length;
      if (listed !== Math.min(counts[level], room))
        complain('counts', `does not fit the findings listed as ${level}`);
      room -= listed;
    }
  })
  .readonly();
export type CheckReport = z.infer<typeof CheckReport>;

export const checkReportDocument = jsonDocument('modelsmith/check-report/v1', CheckReport);

/** The order of findings: the worst first. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || order(a.rule, b.rule) || order(a.message, b.message)
  );
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** What a report says of the artifact. */
export function statusOf({ counts }: CheckReport): CheckStatus {
  return counts.error > 0 ? 'failed' : 'passed';
}
