using MemScope.Core.Formats.Framing;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Kernel;

/// <summary>Reads the kernel's figures where they stand between mappings, status and other blocks.</summary>
internal sealed class KernelFrame(ParseOptions options, DiagnosticBag diagnostics) : Block
{
    private readonly KernelFigures _figures = new(diagnostics, options);

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> line, int number)
    {
        if (!_figures.Take(line, number)) diagnostics.Add("KERNEL002", Severity.Warning, number, "a line was not understood and skipped", line);
    }

    /// <inheritdoc/>
    public override void End(Frame frame)
    {
        var figures = _figures.Finish();
        frame.Figures = frame.Pid is null ? figures : [.. figures.Select(f => f.Process.Pid is null ? f with { Process = f.Process with { Pid = frame.Pid } } : f)];
    }
}
