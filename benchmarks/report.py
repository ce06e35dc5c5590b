"""What was measured, as plain text."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from leaks import Leak
from plugin_load import AIM, PluginLoad
from rows import Aim, Result

PACKAGES = (
    "pytest-fakefarm",
    "aiosmtpd",
    "pytest-localserver",
    "pytest-httpserver",
    "pyftpdlib",
    "pytest-localftpserver",
    "dnslib",
    "pytest",
)
FORMAT = "  {:<27} {:>10} {:>10} {:>9} {:>9} {:>7}"


def heading() -> str:
    """The machine, the interpreter and the versions."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"{python}, {machine}\n{', '.join(map(_version, PACKAGES))}"


def timed(result: Result) -> str:
    """One row: microseconds an action, as times the floor, and which aims were met."""
    row = result.row
    lines = [f"{row.name}: {row.what}"]
    lines.append(FORMAT.format("", "wall us", "CPU us", "wall", "CPU", "samples"))
    for name, series in result.series.items():
        times = map(_times, result.ratios(name).values())
        wall, cpu = f"{series.wall_median:.1f}", f"{series.cpu_median:.1f}"
        lines.append(FORMAT.format(name, wall, cpu, *times, len(series.wall)))
    lines += [f"  {name:<27} {reason}" for name, reason in result.absent.items()]
    lines += [f"  aim: {_verdict(result, aim)}" for aim in row.aims]
    return "\n".join(lines)


def plugin(load: PluginLoad) -> str:
    """The two figures of loading the plugin, in milliseconds."""
    low, high = load.run_quartiles
    aim = "met" if load.import_wall <= AIM else "missed"
    return (
        "plugin-load: what the plugin costs a pytest run that does not use it\n"
        f"  its import after pytest {load.import_wall:8.2f} ms wall {load.import_cpu:8.2f} ms CPU"
        f"   {load.modules} modules   aim: at most {AIM:g} ms, {aim}\n"
        f"  a whole run of one test {load.run_wall:+8.2f} ms wall {load.run_cpu:+8.2f} ms CPU"
        f"   on {load.run_without:.0f} ms, half of the pairs between {low:+.0f} and {high:+.0f}"
    )


def leak(left: Leak) -> str:
    """What is left after many servers, in one line."""
    line = f"  {left.subject:<21} {left.case:<26} "
    if left.absent:
        return line + left.absent
    descriptors = "not counted here" if left.descriptors is None else f"{left.descriptors:+d}"
    counts = f"threads {left.threads:+d}, descriptors {descriptors}, files {left.files:+d}"
    return f"{line}{left.count} servers: {counts}, {'ok' if left.clean else 'LEAK'}"


def _verdict(result: Result, aim: Aim) -> str:
    """An aim in words, and whether it was met, by each of the clocks that count."""
    most = f"{aim.times:g}" if aim.times >= 1 else f"1/{1 / aim.times:g}"
    wanted = f"at most {most} x {aim.than} ({' and '.join(aim.clocks)})"
    if not {"fakefarm", aim.than} <= result.series.keys():
        return f"{wanted}: not measured"
    ratios = result.ratios("fakefarm", aim.than)
    met = all(ratios[clock] <= aim.times for clock in aim.clocks)
    took = ", ".join(f"{clock} {_times(ratio)}" for clock, ratio in ratios.items())
    return f"{wanted}: {'met' if met else 'missed'}; {took}"


def _times(ratio: float) -> str:
    if ratio < 0.1:
        return f"1/{1 / ratio:.0f} x"
    return f"{ratio:.2f} x" if ratio < 100 else f"{ratio:.0f} x"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"
