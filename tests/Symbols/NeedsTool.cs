using MemScope.Symbols.Children;

namespace MemScope.Symbols.Tests;

/// <summary>
/// A test of a tool that the product can do without: skipped, visibly, where the tool is not installed, unless <c>MEMSCOPE_REQUIRE_TOOLS=1</c> (continuous integration) is set.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsToolFactAttribute : FactAttribute
{
    public NeedsToolFactAttribute(string tool) => Skip = NeedsTool.ReasonToSkip(tool);
}

/// <inheritdoc cref="NeedsToolFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsToolTheoryAttribute : TheoryAttribute
{
    public NeedsToolTheoryAttribute(params string[] tools) => Skip = tools.Select(NeedsTool.ReasonToSkip).FirstOrDefault(r => r is not null);
}

internal static class NeedsTool
{
    public static string? ReasonToSkip(string tool) =>
        string.Equals(Environment.GetEnvironmentVariable("MEMSCOPE_REQUIRE_TOOLS"), "1", StringComparison.Ordinal) || Tools.Find(tool) is not null ? null : $"{tool} is not installed";
}
