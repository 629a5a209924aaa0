import { CannotTell } from '../../../base/errors.ts';
import type { PackagedFile } from '../../../domain/model-manifest.ts';
import { MAX_RECORDED_STATEMENT, signerKey, type ModelSignature } from '../../../domain/model-statement.ts';
import { reason } from '../../../domain/reason.ts';
import type { ModelTrust } from '../../../ports/model-signatures.ts';
import type { OptionSpec, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;

export const TRUST_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--model-key <file>',
    description: 'the folder must hold a model.sig (OpenSSF Model Signing) by this public key (PEM)',
  },
  { flags: '--model-ca <file>', description: 'the same by a certificate of these authorities (PEM)' },
];

export const SIGN_OPTION: OptionSpec = {
  flags: '--sign-model <file>',
  description:
    'write <line>-<version>.model.sig into the folder of the registry (else here), signed with this private key (PEM; MODELSMITH_MODEL_KEY_PASSPHRASE)',
};

export interface SignerInput {
  readonly modelKey: string | null;
  readonly modelCa: string | null;
}

const MAX_PEM_BYTES = 1024 * 1024;

/** Holds the folder of a model against the signature in it, where one is asked for. @returns it, where it is to be recorded. */
export async function checkModelSignature(
  context: Context,
  headline: string,
  folder: string,
  { modelKey, modelCa }: SignerInput,
): Promise<ModelSignature | Refused | null> {
  const { files, modelSignatures, terminal } = context;
  const directory = files.absolute(folder);
  const trust = await readTrust(context, { modelKey, modelCa });
  if (trust === null) {
    if (await modelSignatures.isSigned(directory))
      terminal.say('warning: model.sig was not checked: say whose it must be with --model-key or --model-ca');
    return null;
  }
  const signed = await modelSignatures.verify(directory, trust, context.now());
  if (signed.kind === 'signed') {
    const { signature } = signed;
    terminal.say(
      `model.sig covers ${signed.files} files, by the ${signature.method} ${signerKey(signature)}`,
    );
    if (Buffer.byteLength(signature.statement, 'base64') <= MAX_RECORDED_STATEMENT) return signature;
    terminal.say('warning: model.sig lists too many files to be recorded, so that it attests nothing');
    return null;
  }
  const { code, message, place } = signed.finding;
  return {
    kind: 'refused',
    headline,
    reasons: [reason('ARTIFACT_REFUSED', { fault: code, message, path: place.file })],
  };
}

/** Whose signature a model must have; null where none is asked for. @throws CannotTell naming the file, where that is none. */
export async function readTrust(
  context: Context,
  { modelKey, modelCa }: SignerInput,
): Promise<ModelTrust | null> {
  if (modelKey !== null && modelCa !== null)
    throw new CannotTell(
      'USAGE',
      'a model is signed by a key or by a certificate: --model-key or --model-ca',
    );
  const file = modelKey ?? modelCa;
  if (file === null) return null;
  const [kind, remedy] =
    modelKey === null
      ? (['authority', 'name the certificates of the authorities with --model-ca'] as const)
      : (['key', 'name the public key of the trainer with --model-key'] as const);
  return await naming(file, remedy, async () => {
    const trust = { kind, pem: await context.files.read(file, MAX_PEM_BYTES) };
    context.modelSignatures.demandTrust(trust, context.now());
    return trust;
  });
}

/** The same error with the file that was named, and what to do. */
async function naming<T>(file: string, remedy: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof CannotTell)) throw cause;
    const { code, message, facts } = cause;
    throw new CannotTell(code, message, { facts, place: { file }, remedy, cause });
  }
}

/** Reads the key before anything is copied, so that a wrong one leaves nothing half done. @returns what writes the signature. */
export async function modelSigner(
  { files, environment, modelSignatures, terminal }: Context,
  keyFile: string,
): Promise<(name: string, artifact: readonly PackagedFile[], path: string) => Promise<void>> {
  const passphrase = environment['MODELSMITH_MODEL_KEY_PASSPHRASE'] ?? null;
  const remedy = 'name the private key with --sign-model, its passphrase in MODELSMITH_MODEL_KEY_PASSPHRASE';
  const sign = await naming(keyFile, remedy, async () => {
    const pem = await files.read(keyFile, MAX_PEM_BYTES);
    const signed = (name: string, artifact: readonly PackagedFile[]): Uint8Array =>
      modelSignatures.sign(name, artifact, pem, passphrase);
    signed('trial', []);
    return signed;
  });
  return async (name, artifact, path) => {
    if (await files.exists(path)) {
      terminal.say(`${escapeShown(path)} is there already, and stays`);
      return;
    }
    await files.create(path, sign(name, artifact));
    terminal.say(`signed ${artifact.length} files: ${escapeShown(path)}`);
  };
}
