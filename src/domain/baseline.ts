import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { entryHeader, fileSet } from './entry.ts';
import { LineName, Sha256Text } from './names.ts';
import { Label } from './text.ts';

/** `baselines/<line>/<id>/baseline.json`: an imported evaluation of a model that is not governed here. */
export const Baseline = z
  .strictObject({
    schema: z.literal('modelsmith/baseline/v1'),
    ...entryHeader('baseline'),
    line: LineName,
    model: Label,
    /** Reported beside results, and never locked: a rival, or a model behind an interface. */
    comparator: z.literal(true).optional(),
    /** SHA-256 of `report.json` beside this file. */
    report: Sha256Text,
    /** The harness output and anything kept with it, under `raw/`. */
    files: fileSet(),
  })
  .readonly();
export type Baseline = z.infer<typeof Baseline>;

export const baselineDocument = jsonDocument('modelsmith/baseline/v1', Baseline);
