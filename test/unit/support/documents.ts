import type * as z from 'zod';
import type { Parsed } from '../../../src/base/problem.ts';
import { aliasesDocument } from '../../../src/domain/aliases.ts';
import { approvalDocument, approvalLogDocument } from '../../../src/domain/approval.ts';
import { baselineDocument } from '../../../src/domain/baseline.ts';
import { checkReportDocument } from '../../../src/domain/check-report.ts';
import { commentDocument } from '../../../src/domain/comment.ts';
import type { JsonDocument } from '../../../src/domain/document.ts';
import { evaluationReportDocument } from '../../../src/domain/evaluation-report.ts';
import {
  closedExceptionDocument,
  exceptionApprovalDocument,
  exceptionDocument,
  exceptionReviewDocument,
} from '../../../src/domain/exception.ts';
import { lockDocument } from '../../../src/domain/lock.ts';
import { Policy } from '../../../src/domain/policy.ts';
import { receiptDocument } from '../../../src/domain/receipt.ts';
import { recordDocument } from '../../../src/domain/record.ts';
import { Repository } from '../../../src/domain/repository.ts';
import { rubricDocument } from '../../../src/domain/rubric.ts';
import { Signers } from '../../../src/domain/signers.ts';
import { parseYaml } from '../../../src/domain/yaml-document.ts';

/** Every codec by its noun. */
export const DOCUMENTS = {
  rubric: rubricDocument,
  lock: lockDocument,
  baseline: baselineDocument,
  'evaluation-report': evaluationReportDocument,
  'check-report': checkReportDocument,
  'promotion-record': recordDocument,
  approval: approvalDocument,
  'approval-log': approvalLogDocument,
  comment: commentDocument,
  receipt: receiptDocument,
  exception: exceptionDocument,
  'exception-approval': exceptionApprovalDocument,
  'exception-closed': closedExceptionDocument,
  'exception-review': exceptionReviewDocument,
  aliases: aliasesDocument,
} as unknown as Readonly<Record<string, JsonDocument<object>>>;

export const YAML: Readonly<Record<string, z.ZodType>> = {
  repository: Repository,
  policy: Policy,
  signers: Signers,
};

export function readYaml(noun: string, bytes: Uint8Array, file: string): Parsed<unknown> {
  const schema = YAML[noun];
  if (schema === undefined) throw new Error(`no YAML document is called ${noun}`);
  return parseYaml(schema, bytes, file);
}
