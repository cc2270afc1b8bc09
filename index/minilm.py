"""Writes a BERT encoder's safetensors as an ONNX graph, without torch. The only owner of onnx."""

from __future__ import annotations

import json
import struct
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError

Tensors = dict[str, np.ndarray[Any, Any]]
_DTYPES = {"F32": np.float32, "I64": np.int64, "F16": np.float16}


def read_safetensors(path: Path) -> Tensors:
    """The named tensors of a safetensors file. ModelError if it is not one."""
    data = path.read_bytes()
    try:
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + length])
        body = 8 + length
        return {
            name: np.frombuffer(data[body + entry["data_offsets"][0] : body + entry["data_offsets"][1]],
                                _DTYPES[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"
        }  # fmt: skip
    except (struct.error, ValueError, KeyError) as error:
        raise ModelError(f"{path} is not a readable safetensors file: {error}") from error


def convert(safetensors: Path, config: Path, target: Path) -> None:
    """Write the model as ONNX to `target`, whole or not at all: input_ids, attention_mask, token_type_ids (int64,
    shape (batch, tokens)) to last_hidden_state (float32, shape (batch, tokens, hidden)), or, for a model with a
    classification head, to logits (float32, shape (batch, labels)); for one with a head over `units` (float32, 1 where
    a token belongs to a unit, shape (batch, units, tokens)), to logits (float32, shape (batch, units))."""
    import onnx

    weights = {name.removeprefix("bert."): value for name, value in read_safetensors(safetensors).items()}
    model = _Graph(weights, json.loads(config.read_text())).model()
    onnx.checker.check_model(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{uuid.uuid4().hex}")
    draft.write_bytes(model.SerializeToString())
    draft.replace(target)


class _Graph:
    """A BERT encoder, node by node, as Devlin et al. (2018) describe it; GELU by the error function."""

    def __init__(self, weights: Tensors, config: dict[str, Any]) -> None:
        self.weights, self.config = weights, config
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        from onnx import numpy_helper

        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(value.copy(order="C"), name)
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def linear(self, x: str, name: str) -> str:
        weight = self.constant(f"{name}.weight.T", self.weights[f"{name}.weight"].T)
        return self.op("Add", self.op("MatMul", x, weight), self.constant(f"{name}.bias", self.weights[f"{name}.bias"]))

    def norm(self, x: str, name: str) -> str:
        gain = self.constant(f"{name}.weight", self.weights[f"{name}.weight"])
        shift = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.op("LayerNormalization", x, gain, shift, axis=-1, epsilon=self.config["layer_norm_eps"])

    def embeddings(self) -> str:
        def table(kind: str) -> str:
            return self.constant(kind, self.weights[f"embeddings.{kind}_embeddings.weight"])

        zero, one, two = (self.constant(f"int.{n}", np.array([n], np.int64)) for n in (0, 1, 2))
        words = self.op("Gather", table("word"), "input_ids")
        types = self.op("Gather", table("token_type"), "token_type_ids")
        # Slice, not Range and Gather: onnxruntime's optimiser miscompiles the latter here.
        length = self.op("Slice", self.op("Shape", "input_ids"), one, two)
        places = self.op("Slice", table("position"), zero, length, zero)
        return self.norm(self.op("Add", self.op("Add", words, types), places), "embeddings.LayerNorm")

    def mask(self) -> str:
        axes = self.constant("axes", np.array([1, 2], np.int64))
        kept = self.op("Unsqueeze", self.op("Cast", "attention_mask", to=1), axes)
        hidden = self.op("Sub", self.constant("one", np.array(1, np.float32)), kept)
        return self.op("Mul", hidden, self.constant("far", np.array(-1e9, np.float32)))

    def layer(self, x: str, mask: str, name: str) -> str:
        heads = self.config["num_attention_heads"]
        size = self.config["hidden_size"] // heads
        split = self.constant("split", np.array([0, 0, heads, size], np.int64))
        join = self.constant("join", np.array([0, 0, heads * size], np.int64))

        def projected(kind: str, order: list[int]) -> str:
            y = self.linear(x, f"{name}.attention.self.{kind}")
            return self.op("Transpose", self.op("Reshape", y, split), perm=order)

        query, key = projected("query", [0, 2, 1, 3]), projected("key", [0, 2, 3, 1])
        value = projected("value", [0, 2, 1, 3])
        scale = self.constant("scale", np.array(1 / np.sqrt(size), np.float32))
        weights = self.op("Add", self.op("Mul", self.op("MatMul", query, key), scale), mask)
        context = self.op("MatMul", self.op("Softmax", weights, axis=-1), value)
        joined = self.op("Reshape", self.op("Transpose", context, perm=[0, 2, 1, 3]), join)
        x = self.norm(
            self.op("Add", self.linear(joined, f"{name}.attention.output.dense"), x),
            f"{name}.attention.output.LayerNorm",
        )
        inner = self.gelu(self.linear(x, f"{name}.intermediate.dense"))
        return self.norm(self.op("Add", self.linear(inner, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")

    def gelu(self, x: str) -> str:
        half, one = self.constant("half", np.array(0.5, np.float32)), self.constant("one", np.array(1, np.float32))
        root = self.constant("root", np.array(1 / np.sqrt(2), np.float32))
        return self.op("Mul", self.op("Mul", x, half), self.op("Add", self.op("Erf", self.op("Mul", x, root)), one))

    def of_units(self, x: str) -> str:
        """A logit for each unit, from the mean and the maximum of its tokens' states and the state of the first."""
        last, second = (self.constant(f"axis.{n}", np.array([n], np.int64)) for n in (-1, 1))
        one = self.constant("one", np.array(1, np.float32))
        count = self.op("Max", self.op("ReduceSum", "units", last, keepdims=1), one)
        mean = self.op("Div", self.op("MatMul", "units", x), count)
        others = self.op("Mul", self.op("Sub", one, "units"), self.constant("away", np.array(-1e4, np.float32)))
        own = self.op("Add", self.op("Unsqueeze", x, second), self.op("Unsqueeze", others, last))
        highest = self.op("ReduceMax", own, axes=[2], keepdims=0)
        first = self.op("Gather", x, self.constant("only", np.array([0], np.int64)), axis=1)
        first = self.op("Expand", first, self.op("Shape", mean))
        seen = self.op("Concat", mean, highest, first, axis=-1)
        return self.op("Squeeze", self.linear(self.op("Tanh", self.linear(seen, "unit.0")), "unit.2"), last)

    def model(self) -> Any:
        from onnx import TensorProto, helper

        x, mask = self.embeddings(), self.mask()
        for number in range(self.config["num_hidden_layers"]):
            x = self.layer(x, mask, f"encoder.layer.{number}")
        labels = self.weights["classifier.bias"].shape[0] if "classifier.bias" in self.weights else 0
        units = "unit.0.weight" in self.weights
        output = "logits" if labels or units else "last_hidden_state"
        shape: tuple[str | int, ...] = ("batch", "tokens", self.config["hidden_size"])
        if labels:
            first = self.op("Gather", x, self.constant("first", np.array(0, np.int64)), axis=1)
            x, shape = self.linear(self.op("Tanh", self.linear(first, "pooler.dense")), "classifier"), ("batch", labels)
        elif units:
            x, shape = self.of_units(x), ("batch", "units")
        self.nodes.append(helper.make_node("Identity", [x], [output]))

        def tensor(name: str, kind: int, *shape: str | int | None) -> Any:
            return helper.make_tensor_value_info(name, kind, list(shape))

        inputs = [
            tensor(name, TensorProto.INT64, "batch", "tokens")
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ]
        inputs += [tensor("units", TensorProto.FLOAT, "batch", "units", "tokens")] if units else []
        graph = helper.make_graph(
            self.nodes, "encoder", inputs,
            [tensor(output, TensorProto.FLOAT, *shape)],
            list(self.constants.values()),
        )  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
