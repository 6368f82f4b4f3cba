using System.Text;
using MemScope.Core.Formats;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>The captures of the hostile tests hold what they are to hold: every payload in every field of every format.</summary>
public sealed class PlantingTests
{
    public static TheoryData<string> Formats => [.. HostileFormat.All.Select(f => f.Fixture)];

    [Fact]
    public void Every_format_that_is_read_is_planted() => Assert.Equal(InputFormats.All.Select(f => f.Slug).Order(), HostileFormat.All.Select(f => f.Slug).Distinct().Order());

    [Fact]
    public void There_are_150_payloads_and_no_two_are_the_same() => Assert.Equal(150, Payloads.All.Distinct().Count());

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_field_that_takes_words_of_a_process_is_planted(string fixture)
    {
        var format = HostileFormat.All.Single(f => f.Fixture == fixture);
        var capture = format.Capture();
        var there = ModelStrings.Of(Planting.Read(format, capture)).Select(s => s.Kind).Distinct();
        Assert.Equal(format.Fields.Order(), there.Where(k => MarksIn(format with { Fields = [k] }, capture).Contains(k)).Order());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_payload_is_written_into_every_field(string fixture)
    {
        var format = HostileFormat.All.Single(f => f.Fixture == fixture);
        foreach (var field in format.Fields)
        {
            var planted = Encoding.Latin1.GetString(Planting.Plant(format with { Fields = [field] }, format.Capture()));
            Assert.Equal("", string.Join(' ', Payloads.Marked.Where(m => !planted.Contains(m, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void Every_payload_comes_out_of_some_parser_in_every_kind_of_field()
    {
        var read = HostileFormat.All.SelectMany(f => ModelStrings.Of(Planting.Read(f, Planting.Plant(f, f.Capture())))).ToLookup(s => s.Kind, s => s.Text);
        foreach (var field in HostileFormat.All.SelectMany(f => f.Fields).Distinct())
        {
            var lost = Payloads.Marked.Where(m => !read[field].Any(t => t.Contains(m, StringComparison.Ordinal))).ToList();
            // Build ids that are no hex stand in one format only, between brackets: what closes them ends it.
            Assert.True(lost.Count <= (field == FieldKind.BuildId ? 30 : 0), $"{field}: {string.Join(' ', lost)}");
        }
    }

    /// <summary>The fields in which something of a payload is read. Of a file whose every known word was overwritten nothing can be.</summary>
    private static HashSet<FieldKind> MarksIn(HostileFormat format, byte[] capture)
    {
        try
        {
            return [.. ModelStrings.Of(Planting.Read(format, Planting.Plant(format, capture))).Where(s => s.Text.Contains(Payloads.MarkStart, StringComparison.Ordinal)).Select(s => s.Kind)];
        }
        catch (CaptureRefusedException)
        {
            return [];
        }
    }
}
