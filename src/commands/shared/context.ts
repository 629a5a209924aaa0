import type { Sha256 } from '../../base/digest.ts';
import type { RegistryPlace } from '../../domain/registry-place.ts';
import type { ArtifactInspector } from '../../ports/artifacts.ts';
import type { CheckImporter } from '../../ports/checks.ts';
import type { CloneCache } from '../../ports/clones.ts';
import type { Drafts } from '../../ports/drafts.ts';
import type { EvaluationImporter, ItemReader } from '../../ports/evaluations.ts';
import type { Files } from '../../ports/files.ts';
import type { GitPrograms } from '../../ports/git.ts';
import type { PieceJudges } from '../../ports/pieces.ts';
import type { ModelSignatures } from '../../ports/model-signatures.ts';
import type { ModelSources } from '../../ports/model-sources.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { Sealing } from '../../ports/sealing.ts';
import type { ScratchFolders } from '../../ports/scratch.ts';
import type { SignatureVerifier } from '../../ports/signatures.ts';
import type { Signing } from '../../ports/signing.ts';
import type { SettingsStore } from '../../ports/settings.ts';
import type { Targets } from '../../ports/targets.ts';
import type { Terminal } from '../../ports/terminal.ts';
import type { OpenTipMemory } from '../../ports/tips.ts';
import type { TrustStore } from '../../ports/trust.ts';

/** Everything a command reaches of the world. `main.ts` puts the real things in. */
export interface Context {
  /** Seconds since 1970. */
  now(): number;
  random(bytes: number): Uint8Array;
  /** Environment variables that start with `MODELSMITH_`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The file that starts this command, for what others are to run. */
  readonly program: string;
  readonly terminal: Terminal;
  readonly files: Files;
  readonly trust: TrustStore;
  readonly settings: SettingsStore;
  readonly clones: CloneCache;
  readonly scratch: ScratchFolders;
  /** Null where nothing is kept, as in a demonstration. */
  readonly drafts: Drafts | null;
  /** Null where nothing may be remembered, as in a demonstration. */
  readonly tips: OpenTipMemory | null;
  readonly git: GitPrograms;
  /** Judges parts of a repository's history at once; null where that is not done. @param directory as for `git.open`. */
  readonly pieces: ((directory: string) => PieceJudges) | null;
  readonly verifier: SignatureVerifier;
  readonly signing: Signing;
  readonly sealing: Sealing;
  /** Content of confidential files that the person has at hand, by SHA-256. */
  readonly opened?: ReadonlyMap<Sha256, Uint8Array>;
  readonly inspector: ArtifactInspector;
  readonly modelSignatures: ModelSignatures;
  readonly modelSources: ModelSources;
  readonly importers: readonly EvaluationImporter[];
  readonly checkImporters: readonly CheckImporter[];
  readonly items: ItemReader;
  readonly targets: Targets;
  registry(place: RegistryPlace): Promise<ModelRegistry>;
}
