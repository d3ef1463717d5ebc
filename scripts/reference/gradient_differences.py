"""The reference gradients of Tests/Fixtures/training/families beside central differences in double.

    python3 scripts/reference/gradient_differences.py [ELEMENTS]

For each tiny model of Tests/Fixtures/families, and of each of its parameters, ELEMENTS elements (24 by default) chosen by a
seed, with the largest of the stored gradient among them: torch computes the loss in float64, also where transformers asks for
float32 in between, with the element moved to both sides, and the difference is compared with the gradient that training.py has
stored in float32. An error is over the largest
gradient of the parameter. Prints one line for each model: how many elements, the largest error and where. Gradients of
parameters that the loss does not depend on (biases of keys, which the softmax does not see) are not counted below 1e-6 of the
model's largest. Fails above 1e-4. Needs torch, transformers.
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import load_file

from training import loss_of

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
STEP = 1e-5


class AllInDouble(torch.overrides.TorchFunctionMode):
    """transformers computes norms, rotations and softmaxes in float32 whatever the model is in."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is torch.Tensor.float:
            return args[0].double()
        args = tuple(torch.float64 if value is torch.float32 else value for value in args)
        kwargs = {key: torch.float64 if value is torch.float32 else value for key, value in (kwargs or {}).items()}
        return function(*args, **kwargs)


def load(name):
    model = transformers.AutoModelForCausalLM.from_pretrained(
        FIXTURES / "families" / name / "folder", dtype=torch.float64, attn_implementation="eager").eval()
    assert all(parameter.dtype == torch.float64 for parameter in model.parameters())
    return model


def difference(model, ids, values, index):
    before = values[index].item()
    losses = []
    for step in (STEP, -STEP):
        values[index] = before + step
        with AllInDouble():
            losses.append(loss_of(model, [ids]).item())
    values[index] = before
    return (losses[0] - losses[1]) / (2 * STEP)


def compare(name, count):
    ids = json.loads((FIXTURES / "families" / name / "reference.json").read_text())["ids"]
    stored = load_file(FIXTURES / "training" / "families" / f"{name}.safetensors")
    files = {"lm_head.weight": "embed_out.weight"} if name == "gptneox" else {}
    model = load(name)
    generator = torch.Generator().manual_seed(17)
    floor = 1e-6 * max(value.abs().max().item() for key, value in stored.items() if key != "loss")
    compared, worst = 0, (0.0, "")
    for key, parameter in model.named_parameters():
        gradient = stored[files.get(key, key)].double().flatten()
        values = parameter.data.view(-1)
        chosen = torch.randperm(len(values), generator=generator)[:count].tolist()
        for index in {gradient.abs().argmax().item(), *chosen}:
            error = abs(difference(model, ids, values, index) - gradient[index].item())
            worst = max(worst, (error / max(gradient.abs().max().item(), floor), key))
            compared += 1
    return compared, worst


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    failed = False
    with torch.no_grad():
        for folder in sorted((FIXTURES / "training" / "families").glob("*.safetensors")):
            compared, (error, key) = compare(folder.stem, count)
            print(f"{folder.stem}: {compared} elements, largest error {error:.1e}, of {key}", flush=True)
            failed = failed or error > 1e-4
    sys.exit(failed)


main()
