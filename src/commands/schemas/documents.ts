import * as z from 'zod';
import { printJson } from '../../base/canonical-json.ts';
import { aliasesDocument } from '../../domain/aliases.ts';
import { approvalDocument, approvalLogDocument } from '../../domain/approval.ts';
import { baselineDocument } from '../../domain/baseline.ts';
import { checkReportDocument } from '../../domain/check-report.ts';
import { confidentialFileDocument } from '../../domain/confidential-file.ts';
import { commentDocument } from '../../domain/comment.ts';
import { drillDocument } from '../../domain/drill.ts';
import { evaluationReportDocument } from '../../domain/evaluation-report.ts';
import { GenericEvaluation } from '../../domain/generic-evaluation.ts';
import { lockDocument } from '../../domain/lock.ts';
import { appliedChangeDocument, changeApprovalDocument, changeDocument } from '../../domain/change.ts';
import {
  closedExceptionDocument,
  exceptionApprovalDocument,
  exceptionDocument,
  exceptionReviewDocument,
} from '../../domain/exception.ts';
import { incidentDocument, secondedIncidentDocument } from '../../domain/incident.ts';
import { liftDocument } from '../../domain/lift.ts';
import { Override } from '../../domain/override.ts';
import { Policy } from '../../domain/policy.ts';
import { receiptDocument } from '../../domain/receipt.ts';
import { recordDocument } from '../../domain/record.ts';
import { Repository } from '../../domain/repository.ts';
import { rubricDocument } from '../../domain/rubric.ts';
import { Signers } from '../../domain/signers.ts';
import { MetricsOutput } from '../shared/views/metrics-output.ts';
import { PolicyAnalysisOutput } from '../shared/changes/policy-analysis-output.ts';
import { QueueOutput } from '../shared/views/queue-output.ts';
import { VerifyOutput } from '../shared/views/verify-output.ts';

/** Every kind of document with its codec, and what the verbs print for machines. */
const DOCUMENTS: readonly { readonly name: string; readonly schema: z.ZodType }[] = [
  { name: 'modelsmith/repository/v1', schema: Repository },
  { name: 'modelsmith/signers/v1', schema: Signers },
  { name: 'modelsmith/policy/v1', schema: Policy },
  rubricDocument,
  lockDocument,
  baselineDocument,
  evaluationReportDocument,
  { name: 'modelsmith/generic-evaluation/v1', schema: GenericEvaluation },
  checkReportDocument,
  confidentialFileDocument,
  recordDocument,
  approvalDocument,
  approvalLogDocument,
  commentDocument,
  receiptDocument,
  aliasesDocument,
  { name: 'modelsmith/override/v1', schema: Override },
  liftDocument,
  drillDocument,
  changeDocument,
  changeApprovalDocument,
  appliedChangeDocument,
  exceptionDocument,
  exceptionApprovalDocument,
  closedExceptionDocument,
  exceptionReviewDocument,
  incidentDocument,
  secondedIncidentDocument,
  { name: 'modelsmith/out/metrics/v1', schema: MetricsOutput },
  { name: 'modelsmith/out/policy-analysis/v1', schema: PolicyAnalysisOutput },
  { name: 'modelsmith/out/queue/v1', schema: QueueOutput },
  { name: 'modelsmith/out/verify/v1', schema: VerifyOutput },
];

/**
 * The text of every file in `schemas/` by its name there, generated from the codecs. A JSON Schema says less than the
 * codec: order of keys and lists, digests and what one field demands of another are checked by the tool alone.
 */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    DOCUMENTS.map(({ name, schema }) => [fileName(name), printJson(titled(name, schemaOf(schema)))]),
  );
}

/** `modelsmith/lock/v1` lies in `lock.v1.json`. */
function fileName(name: string): string {
  const [, ...parts] = name.split('/');
  return `${parts.slice(0, -1).join('-')}.${parts.at(-1) ?? ''}.json`;
}

function titled(name: string, schema: object): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:${name.replaceAll('/', ':')}`,
    title: name,
    ...schema,
  };
}

function schemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    // What may be written in a file, not what it becomes in memory.
    io: 'input',
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly; // of memory, too
      if (isDecimalInYaml(jsonSchema)) {
        delete jsonSchema.anyOf;
        jsonSchema.type = ['string', 'number'];
        jsonSchema.description =
          'A decimal such as 0.72; it is read as it is written, never as a binary number.';
      }
    },
  });
}

/** A text or a whole number: what a codec sees of a YAML number with a fraction is its text. */
function isDecimalInYaml({ anyOf }: { readonly anyOf?: readonly unknown[] | undefined }): boolean {
  const types = (anyOf ?? []).map((option) =>
    typeof option === 'object' && option !== null && 'type' in option ? option.type : null,
  );
  return types.length === 2 && types[0] === 'string' && types[1] === 'integer';
}
