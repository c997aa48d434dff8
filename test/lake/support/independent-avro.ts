import { inflateRawSync } from "node:zlib";
import { avroMetadata, avroRead } from "icebird";
import { AvroReader, AvroWriter } from "../../../src/lake/spec/avro-binary.ts";

/**
 * Decodes an Avro file with a decoder that is not ours. Its own inflate fails on some small blocks, so the
 * blocks are inflated by zlib first.
 */
export function independentAvro(bytes: Uint8Array): {
  metadata: Record<string, unknown>;
  records: Record<string, unknown>[];
} {
  const header = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const { metadata, syncMarker } = avroMetadata(header);
  const blocks = new AvroReader(bytes.subarray(header.offset));
  const plain = new AvroWriter();
  while (!blocks.done()) {
    plain.long(blocks.long());
    plain.sized(inflateRawSync(blocks.sized()));
    plain.raw(blocks.raw(16));
  }
  const data = Uint8Array.from(plain.bytes());
  const reader = { view: new DataView(data.buffer), offset: 0 };
  const records = avroRead({ reader, metadata: { ...metadata, "avro.codec": "null" }, syncMarker });
  return { metadata, records };
}
