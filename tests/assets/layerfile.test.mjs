import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";

import { contents } from "../../assets/components/layerfile/file.js";
import { numbersIn } from "../../assets/components/layerfile/numbers.js";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const stored = name => readFileSync(new URL(name, FIXTURES));

const file = (bytes, name = "layers.npz") => Object.assign(new Blob([bytes]), { name });
const told = async (bytes, name) => contents(file(bytes, name));
const code = async (bytes, name) => (await told(bytes, name)).error;
const values = (text, Kind = Float64Array) => Array.from(new Kind(Uint8Array.from(Buffer.from(text, "base64")).buffer));

// ---------------------------------------------------------------- files, made by hand

/* An array as NumPy writes it; its header may lie. */
function npy(data, { descr = "<f8", shape = [data.length], order = "False", header, version = 1 } = {}) {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = header ?? `{'descr': ${descr.startsWith("[") ? descr : `'${descr}'`}, 'fortran_order': ${order}, 'shape': (${dims}), }\n`;
  const body = Buffer.isBuffer(data) ? data : Buffer.from(Float64Array.from(data).buffer);
  const length = Buffer.alloc(version > 1 ? 4 : 2);
  if (version > 1) length.writeUInt32LE(text.length);
  else length.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]), length, Buffer.from(text, "latin1"), body]);
}

/* An archive; any field of an entry may lie. */
function zip(entries, { comment = "" } = {}) {
  const parts = [], directory = [];
  let at = 0;
  for (const [name, data, lies = {}] of entries) {
    const packed = lies.stored ? data : lies.packed ?? deflateRawSync(data), called = Buffer.from(name);
    const head = (central) => {
      const bytes = Buffer.alloc(central ? 46 : 30);
      bytes.writeUInt32LE(central ? 0x02014b50 : 0x04034b50, 0);
      const to = central ? 4 : 2;
      bytes.writeUInt16LE(lies.flags ?? 0, 4 + to);
      bytes.writeUInt16LE(lies.method ?? (lies.stored ? 0 : 8), 6 + to);
      bytes.writeUInt32LE(crc32(data), 12 + to);
      bytes.writeUInt32LE(lies.packedSize ?? packed.length, 16 + to);
      bytes.writeUInt32LE(lies.size ?? data.length, 20 + to);
      bytes.writeUInt16LE(called.length, 24 + to);
      if (central) bytes.writeUInt32LE(lies.at ?? at, 42);
      return bytes;
    };
    directory.push(head(true), called);
    const local = Buffer.concat([head(false), called, packed]);
    parts.push(local);
    at += local.length;
  }
  const names = Buffer.concat(directory), end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(names.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, names, end, Buffer.from(comment)]);
}

const layer = (mean, more = []) => zip([["bn.running_mean.npy", mean], ["bn.running_var.npy", npy([1, 2, 3])], ...more]);
const GOOD = layer(npy([0, 1, 2]));

/* A safetensors file; the header may be anything. */
function tensors(header, data = Buffer.alloc(0), length) {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header)), size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(length ?? text.length));
  return Buffer.concat([size, text, data]);
}

// ---------------------------------------------------------------- what is read

test("what libraries wrote is recognized by the names that each has", async () => {
  for (const [name, kind, layers] of [
    ["layers_torch.npz", "torch", ["1", "4"]], ["layers_torch.safetensors", "torch", ["1", "4"]],
    ["layers_keras.npz", "keras", ["batch_normalization", "batch_normalization_1"]], ["layers_flax.npz", "flax", ["BatchNorm_0", "BatchNorm_1"]],
  ]) {
    const found = await told(stored(name), name);
    assert.deepEqual(found.layers.map(one => [one.name, one.kind, one.n]), layers.map((one, k) => [one, kind, k ? 10 : 16]), name);
    for (const { mean, var: spread, gamma, beta, n } of found.layers) for (const row of [mean, spread, gamma, beta]) assert.equal(values(row).length, n);
  }
  const [npz, safe] = await Promise.all(["layers_torch.npz", "layers_torch.safetensors"].map(name => told(stored(name), name)));
  assert.deepEqual(npz.layers.map(one => values(one.var)), safe.layers.map(one => values(one.var)));
  assert.deepEqual([npz.layers[0].eps, npz.layers[0].updates, npz.m], [1e-5, 200, 64]);
});

test("a batch and the answers in both modes come along", async () => {
  const { layers, training, evaluation } = await told(stored("layers_torch_batch.npz"));
  assert.deepEqual(layers.map(({ z }) => [z.m, z.n, values(z.data, Float32Array).length]), [[256, 16, 4096], [256, 10, 2560]]);
  assert.deepEqual([training.m, training.n, evaluation.m, evaluation.n], [256, 3, 256, 3]);
});

test("stored and packed, by rows and by columns, of every kind of number", async () => {
  const one = async mean => values((await told(layer(mean))).layers[0].mean);
  assert.deepEqual(await one(npy([1.5, -2, 3])), [1.5, -2, 3]);
  assert.deepEqual(await one(npy([1.5, -2, 3], { version: 2 })), [1.5, -2, 3]);
  assert.deepEqual(await one(npy(Buffer.from(Float32Array.of(1.5, -2, 3).buffer), { descr: "<f4", shape: [1, 3] })), [1.5, -2, 3]);
  assert.deepEqual(await one(npy(Buffer.from([0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0, 0x7f, 0x80, 0, 0]), { descr: ">f4", shape: [3] })), [1.5, -2, Infinity]);
  assert.deepEqual(await one(npy(Buffer.from(Uint16Array.of(0x3e00, 0xc000, 1).buffer), { descr: "<f2", shape: [3] })), [1.5, -2, 2 ** -24]);
  assert.deepEqual(await one(npy(Buffer.from(BigInt64Array.of(1n, -2n, 3n).buffer), { descr: "<i8", shape: [3] })), [1, -2, 3]);
  const bare = zip([["bn.running_mean.npy", npy([7, 8]), { stored: true }], ["bn.running_var.npy", npy([1, 2]), { stored: true }]], { comment: "by hand" });
  assert.deepEqual(values((await told(bare)).layers[0].mean), [7, 8]);
  const z = npy([1, 4, 2, 5, 3, 6], { shape: [2, 3], order: "True" });
  assert.deepEqual(values((await told(layer(npy([0, 0, 0]), [["bn.z.npy", z]]))).layers[0].z.data, Float32Array), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...numbersIn(Uint8Array.of(0xc0, 0x3f, 0, 0xc0), "bf16", 2, true, "x")], [1.5, -2]);
});

test("a sheet has a line for each unit", async () => {
  const text = "layer,unit,gamma,beta,running_mean,running_var,eps\na,0,1,0,0.5,2,1e-3\na,1,0,0,nan,3,1e-3\nb,0,1,0,0,inf,1e-3\n";
  const { layers } = await told(Buffer.from(text), "x.csv");
  assert.deepEqual(layers.map(one => [one.name, one.n, one.eps]), [["a", 2, 1e-3], ["b", 1, 1e-3]]);
  assert.deepEqual(values(layers[0].mean), [0.5, NaN]);
  assert.deepEqual(values(layers[1].var), [Infinity]);
  const bare = await told(Buffer.from("moving_mean;moving_variance;m\r\n1;2;32\r\n3;4;32\r\n"), "x.csv");
  assert.deepEqual([values(bare.layers[0].mean), bare.layers[0].kind, bare.m], [[1, 3], "keras", 32]);
});

test("momentum is the weight of the newest batch, whoever says it", async () => {
  const of = async (mean, spread, momentum) => (await told(zip([[`bn/${mean}.npy`, npy([1])], [`bn/${spread}.npy`, npy([1])], ["bn/momentum.npy", npy([momentum])]]))).layers[0].momentum;
  assert.equal(await of("running_mean", "running_var", 0.25), 0.25);
  assert.equal(await of("moving_mean", "moving_variance", 0.75), 0.25);
  assert.equal(await of("mean", "var", 0.75), 0.25);
  assert.equal(await of("mean", "var", NaN), null);
});

// ---------------------------------------------------------------- what is not

const zeros = Buffer.alloc(50e6);
const HOSTILE = {
  "nothing at all": [Buffer.alloc(0), "empty"],
  "a bomb that says so": [layer(npy([1, 2, 3]), [["bn.z.npy", zeros, { size: 70e6 }]]), "bomb"],
  "a bomb that says it is small": [zip([["bn.running_mean.npy", zeros, { size: 128 }], ["bn.running_var.npy", npy([1])]]), "bomb"],
  "a bomb that declares gigabytes": [zip([["bn.running_mean.npy", npy([1]), { size: 0xfffffff0 }], ["bn.running_var.npy", npy([1])]]), "bomb"],
  "megabytes behind one number": [layer(npy(zeros, { shape: [1] })), "truncated"],
  "a billion numbers declared": [layer(npy([1, 2, 3], { shape: [1000, 1000, 1000] })), "too_many_numbers"],
  "more than a machine can count": [layer(npy([1], { shape: [2 ** 40, 2 ** 40] })), "too_many_numbers"],
  "less than nothing": [layer(npy([1, 2, 3], { header: "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }" })), "not_npy"],
  "Python objects": [layer(npy(Buffer.from("\x80\x04K\x01."), { descr: "|O", shape: [3] })), "objects"],
  "a record": [layer(npy([1, 2, 3], { descr: "[('a', '<f8')]" })), "kind"],
  "complex numbers": [layer(npy([1, 2, 3, 4], { descr: "<c16", shape: [2] })), "kind"],
  "a header of gigabytes": [layer(Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 127]), Buffer.alloc(20)])), "not_npy"],
  "a header that is code": [layer(npy([1, 2, 3], { header: "__import__('os').system('true')" })), "kind"],
  "no array": [layer(Buffer.from("hello, this is no array")), "not_npy"],
  "an array that was cut off": [layer(npy([1, 2, 3], { shape: [4] })), "truncated"],
  "an array with more than it says": [layer(npy([1, 2, 3], { shape: [2] })), "truncated"],
  "an archive that was cut off": [GOOD.subarray(0, GOOD.length - 40), "truncated_zip"],
  "an entry beyond the end": [zip([["bn.running_mean.npy", npy([1]), { at: 4e9 }], ["bn.running_var.npy", npy([1])]]), "broken_zip"],
  "an entry longer than the file": [zip([["bn.running_mean.npy", npy([1]), { packedSize: 1e6 }], ["bn.running_var.npy", npy([1])]]), "truncated"],
  "an entry that is no deflate": [zip([["bn.running_mean.npy", npy([1]), { packed: Buffer.from("\xff\xff\xff\xff") }], ["bn.running_var.npy", npy([1])]]), "truncated"],
  "a password": [zip([["bn.running_mean.npy", npy([1]), { flags: 1 }], ["bn.running_var.npy", npy([1])]]), "locked_zip"],
  "another packing": [zip([["bn.running_mean.npy", npy([1]), { method: 12 }], ["bn.running_var.npy", npy([1])]]), "method"],
  "names without end": [zip(Array.from({ length: 5001 }, (_, k) => [`${k}.npy`, Buffer.alloc(0), { stored: true }])), "many_names"],
  "layers without end": [zip(Array.from({ length: 201 }, (_, k) => [[`${k}.running_mean.npy`, npy([1])], [`${k}.running_var.npy`, npy([1])]]).flat()), "many_layers"],
  "a unit too many": [layer(npy(new Float64Array(4097))), "many_units"],
  "too many units in all": [zip(Array.from({ length: 20 }, (_, k) => [[`${k}.running_mean.npy`, npy(new Float64Array(4096))], [`${k}.running_var.npy`, npy(new Float64Array(4096))]]).flat()), "many_units"],
  "no arrays": [zip([["readme.txt", Buffer.from("hello")]]), "no_arrays"],
  "what torch.save writes": [zip([["archive/data.pkl", Buffer.from("\x80\x02}.")], ["archive/data/0", Buffer.alloc(8)]]), "pickle"],
  "other layers": [zip([["fc.weight.npy", npy([1])], ["fc.bias.npy", npy([1])]]), "no_layers"],
  "half a layer": [zip([["bn.running_mean.npy", npy([1])]]), "half"],
  "other widths": [layer(npy([1, 2])), "widths"],
  "a table for a row": [layer(npy([1, 2, 3, 4], { shape: [2, 2] })), "not_row"],
  "an image for a batch": [layer(npy([1, 2, 3]), [["bn.z.npy", npy([1, 2, 3], { shape: [1, 3, 1, 1] })]]), "not_table"],
  "a batch of other units": [layer(npy([1, 2, 3]), [["bn.z.npy", npy([1, 2], { shape: [1, 2] })]]), "not_table"],
  "too many examples": [layer(npy([1, 2, 3]), [["bn.z.npy", npy(new Float64Array(3075), { shape: [1025, 3] })]]), "many_examples"],
  "several epsilons": [layer(npy([1, 2, 3]), [["bn.eps.npy", npy([1e-5, 1e-3])]]), "one_number"],
};
const OTHERS = {
  "a pickle": [Buffer.from("\x80\x04\x95\x0b\x00\x00\x00", "latin1"), "layers.bin", "pickle"],
  "a pickle by its name": [Buffer.from("(dp0\n."), "model.pth", "pickle"],
  "an array alone": [npy([1, 2, 3]), "x.npy", "one_array"],
  "HDF5": [Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), "model.h5", "hdf5"],
  "a picture": [Buffer.from("\x89PNG\r\n\x1a\n\x00\x00\x00\x01", "latin1"), "x.png", "not_known"],
  "a header that never ends": [tensors("{}", Buffer.alloc(0), 2 ** 40), "x.safetensors", "not_safetensors"],
  "a header longer than the file": [tensors("{}", Buffer.alloc(0), 1e6), "x.safetensors", "truncated_file"],
  "a header that is no JSON": [tensors("{'a': 1}"), "x.safetensors", "not_safetensors"],
  "a header that is a list": [tensors("[1]"), "x.safetensors", "not_safetensors"],
  "a header a million deep": [tensors("[".repeat(1e6)), "x.safetensors", "not_safetensors"],
  "a tensor beyond the end": [tensors({ "bn.running_mean": { dtype: "F32", shape: [2], data_offsets: [0, 8] }, "bn.running_var": { dtype: "F32", shape: [2], data_offsets: [0, 8] } }), "x.safetensors", "truncated"],
  "a tensor before the beginning": [tensors({ "bn.running_mean": { dtype: "F32", shape: [2], data_offsets: [-8, 0] }, "bn.running_var": { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, Buffer.alloc(8)), "x.safetensors", "shape"],
  "a tensor of a billion": [tensors({ "bn.running_mean": { dtype: "F32", shape: [1e9], data_offsets: [0, 4e9] }, "bn.running_var": { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, Buffer.alloc(8)), "x.safetensors", "too_many_numbers"],
  "a tensor of nothing known": [tensors({ "bn.running_mean": { dtype: "F8_E4M3", shape: [1], data_offsets: [0, 1] }, "bn.running_var": { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, Buffer.alloc(8)), "x.safetensors", "kind"],
  "a tensor of an object's own kind": [tensors({ "bn.running_mean": { dtype: "constructor", shape: [1], data_offsets: [0, 1] }, "bn.running_var": {} }), "x.safetensors", "kind"],
  "a tensor that is none": [tensors({ "bn.running_mean": 7, "bn.running_var": null }), "x.safetensors", "kind"],
  "a name that is an object's own": [tensors('{"__proto__": {"dtype": "F32"}, "constructor": 1}'), "x.safetensors", "no_layers"],
  "a sheet with holes": [Buffer.from("running_mean,running_var\n1\n"), "x.csv", "ragged"],
  "a sheet of words": [Buffer.from("running_mean,running_var\none,two\n"), "x.csv", "not_number"],
  "a sheet with decimal commas": [Buffer.from("running_mean;running_var\n1,5;2\n"), "x.csv", "not_number"],
  "a sheet without end": [Buffer.from(`running_mean,running_var\n${"1,2\n".repeat(140000)}`), "x.csv", "many_lines"],
  "a program": [Buffer.from('"""A text of any kind, and a long one at that, longer than what a name in a sentence may be."""\n1, 2\n'), "x.py", "no_layers"],
  "a sheet of other things": [Buffer.from("name,price\na,1\n"), "x.csv", "no_layers"],
};

for (const [what, [bytes, wanted]] of Object.entries(HOSTILE)) test(`refused: ${what}`, async () => assert.equal(await code(bytes), wanted));
for (const [what, [bytes, name, wanted]] of Object.entries(OTHERS)) test(`refused: ${what}`, async () => assert.equal(await code(bytes, name), wanted));

test("a file that is too big is never opened", async () => {
  const big = { size: 20e6 + 1, name: "x.npz", arrayBuffer: () => assert.fail("it was opened") };
  assert.deepEqual(await contents(big), { error: "too_big", fields: { size: 20e6 + 1, most_bytes: 20e6 } });
});

test("what a sentence names is short", async () => {
  const { error, fields } = await told(Buffer.from(`running_mean,running_var,${"x".repeat(1000)}\n1,2,${"y".repeat(1000)}\n`), "x.csv");
  assert.deepEqual([error, fields.column.length, fields.text.length], ["not_number", 60, 24]);
});

test("NaN everywhere is read: it is the doctor who says so", async () => {
  const nan = npy([NaN, NaN, NaN]);
  const { layers } = await told(zip([["a.running_mean.npy", nan], ["a.running_var.npy", nan], ["a.weight.npy", nan], ["a.eps.npy", npy([NaN])]]));
  assert.deepEqual([values(layers[0].gamma), layers[0].eps], [[NaN, NaN, NaN], null]);
});

test("what was cut off anywhere, or changed in one byte, is refused or read, and never fails", async () => {
  const whole = stored("layers_torch.npz");
  for (let k = 0; k < 120; k++) {
    const cut = await told(whole.subarray(0, Math.floor(whole.length * k / 120)));
    assert.ok(cut.error, String(k));
    const changed = Buffer.from(whole);
    changed[(k * 7919) % whole.length] ^= 1 << (k % 8);
    const found = await told(changed);
    assert.ok(found.error || found.layers.length <= 2);
  }
});
