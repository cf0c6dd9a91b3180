"""Ask the nodes of your settings file from a program of your own, and see who answers.

python resources/examples/ask_nodes.py "Why is the sky blue?"
"""
# ruff: noqa: T201 - it speaks by print

import asyncio
import sys

from etoile.llm import Ended, NobodyAnswered, NodeError, PassedOver, Started, Text, Waiting, open_nodes, render


async def main(question: str) -> int:
    """Print the answer as it comes, and on stderr who gives it; return the exit code."""
    async with open_nodes() as nodes:
        try:
            async for step in nodes.ask(question):
                match step:
                    case Started(attribution):
                        print(f"[{attribution.node}, {attribution.model}]", file=sys.stderr)
                    case Text(text):
                        print(text, end="", flush=True)
                    case PassedOver(node, reason):
                        print(f"[{node} is passed over: {render(reason, 'en')}]", file=sys.stderr)
                    case Waiting(said=said):
                        print(f"[{render(said, 'en')}]", file=sys.stderr)
                    case Ended():
                        print(f"\n[{step.output_tokens} tokens in {step.elapsed_ms / 1000:.1f} s]", file=sys.stderr)
        except (NobodyAnswered, NodeError) as error:
            print(error, render(error.remedy, "en") if error.remedy else "", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(" ".join(sys.argv[1:]) or "Why is the sky blue?")))
