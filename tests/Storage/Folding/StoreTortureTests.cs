using MemScope.Torture;

namespace MemScope.Storage.Tests.Folding;

/// <summary><c>./memscope torture store</c> is the long one.</summary>
public sealed class StoreTortureTests
{
    [Fact]
    public async Task Folding_reading_late_arrivals_and_kills_together_give_no_wrong_answer_and_lose_no_snapshot()
    {
        await using var report = new StringWriter();
        var code = await StoreTorture.RunAsync(TimeSpan.FromSeconds(20), seed: 7, report);
        Assert.True(code == 0, report.ToString());
        Assert.Contains("0 wrong, 0 lost", report.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\n0 folds", report.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(", 0 kills of", report.ToString(), StringComparison.Ordinal);
    }
}
