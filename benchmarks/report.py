"""What was measured, as plain text."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from leaks import Leak
from plugin_load import AIM, PluginLoad
from rows import Result

PACKAGES = ("pytest-fakefarm", "aiosmtpd", "pytest-localserver", "pytest-httpserver", "pytest")
FORMAT = "  {:<27} {:>10} {:>10} {:>9} {:>9} {:>7}  {}"


def heading() -> str:
    """The machine, the interpreter and the versions."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"{python}, {machine}\n{', '.join(map(_version, PACKAGES))}"


def timed(result: Result) -> str:
    """One row: microseconds an action, and as times the floor."""
    row = result.row
    lines = [f"{row.name}: {row.what}"]
    lines.append(FORMAT.format("", "wall us", "CPU us", "wall", "CPU", "samples", "aim").rstrip())
    floor = result.series["floor"]
    for name, series in result.series.items():
        wall, cpu = series.wall_median, series.cpu_median
        ratios = wall / floor.wall_median, cpu / floor.cpu_median
        aim = _verdict(max(ratios), row.aim) if name == "fakefarm" else ""
        times = (f"{ratio:.2f} x" if ratio < 100 else f"{ratio:.0f} x" for ratio in ratios)
        samples = len(series.wall)
        line = FORMAT.format(name, f"{wall:.1f}", f"{cpu:.1f}", *times, samples, aim)
        lines.append(line.rstrip())
    lines += [f"  {name:<27} {reason}" for name, reason in result.absent.items()]
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
    line = f"  {left.subject:<15} {left.case:<26} "
    if left.absent:
        return line + left.absent
    descriptors = "not counted here" if left.descriptors is None else f"{left.descriptors:+d}"
    counts = f"{left.count} servers: threads {left.threads:+d}, descriptors {descriptors}"
    return f"{line}{counts}, {'ok' if left.clean else 'LEAK'}"


def _verdict(ratio: float, aim: float | None) -> str:
    if aim is None:
        return ""
    return f"at most {aim:g} x: {'met' if ratio <= aim else 'missed'}"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"
