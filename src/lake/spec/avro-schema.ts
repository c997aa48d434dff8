/** An Avro schema as JSON. Members the codec does not use (`field-id`, `logicalType`, …) stay in the header. */
export type AvroSchema = string | readonly AvroSchema[] | AvroComplex;

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly [attribute: string]: unknown;
}

/** A schema that is an object: a record, an array, a map, a fixed, an enum, or a primitive with attributes. */
export interface AvroComplex {
  readonly type: string | AvroSchema;
  readonly name?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly symbols?: readonly string[];
  readonly size?: number;
  readonly [attribute: string]: unknown;
}
