import type { LineName } from '../../domain/names.ts';
import type { RegistryPlace } from '../../domain/registry-place.ts';
import type { SubmissionInput } from '../shared/intake/submission.ts';

/** What whoever starts the watcher says about every candidate; the rest lies in it. */
export interface Order extends Omit<
  SubmissionInput,
  'adapter' | 'origin' | 'metadata' | 'runs' | 'evidence'
> {
  readonly line: LineName;
  readonly place: RegistryPlace;
}
