using System.Globalization;
using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>One still process (tests/fixtures/pmap/odd-names) as every pmap at hand prints it, held against the text of its smaps.</summary>
public sealed class PmapVariantTests
{
    private static readonly List<MappingFact> Facts = MappingFact.Of(Fixtures.Unzipped("pmap", "odd-names", "smaps.txt.gz"));
    private static readonly List<MappingFact> Short = MappingFact.Of(Fixtures.Unzipped("pmap", "odd-names", "short.smaps.txt.gz"));
    private static readonly string[] Locales = ["de_DE", "es_ES", "fr_FR", "ka_GE", "ko_KR", "pl_PL", "pt_BR", "ro_RO", "sv_SE", "uk_UA"];

    public static TheoryData<string> AllLocales => [.. Locales];

    [Theory]
    [InlineData("pmap", SnapshotSource.Pmap)]
    [InlineData("pmap-q", SnapshotSource.Pmap)]
    [InlineData("pmap-d", SnapshotSource.Pmap)]
    [InlineData("pmap-d-q", SnapshotSource.Pmap)]
    [InlineData("toybox", SnapshotSource.Pmap)]
    [InlineData("toybox-x", SnapshotSource.PmapExtended)]
    [InlineData("toybox-x-q", SnapshotSource.PmapExtended)]
    [InlineData("pmap-fields", SnapshotSource.PmapFields)]
    [InlineData("pmap-all", SnapshotSource.PmapAllFields)]
    [InlineData("pmap-fields-p", SnapshotSource.PmapFields)]
    [InlineData("pmap-all-p", SnapshotSource.PmapAllFields)]
    [InlineData("pmap-p", SnapshotSource.Pmap)]
    public void Every_mapping_is_where_smaps_has_it(string variant, SnapshotSource source)
    {
        var snapshot = Assert.Single(Read(variant).Snapshots);
        Assert.Equal(source, snapshot.Source);
        Assert.Equal(Facts.Select(f => f.Place), MappingFact.PlacesOf(snapshot));
    }

    [Theory]
    [InlineData("pmap-x")]
    [InlineData("pmap-x-q")]
    [InlineData("pmap-x-p")]
    public void A_mapping_whose_name_pmap_took_for_an_address_is_lost_and_reported(string variant)
    {
        var parsed = Read(variant);
        var snapshot = Assert.Single(parsed.Snapshots);
        var lost = Facts.Single(f => f.Name.EndsWith("/long-hexadecimal", StringComparison.Ordinal));
        Assert.Equal(Facts.Where(f => f != lost).Select(f => f.Place), MappingFact.PlacesOf(snapshot));
        Assert.Equal(Facts.Where(f => f != lost).Sum(f => f.RssKiB) * 1024, snapshot.RssBytes);
        Assert.Contains($"{lost.RssKiB} kB resident", Assert.Single(parsed.Diagnostics, d => d.Id == "PMAP012").Text, StringComparison.Ordinal);
        Assert.DoesNotContain(parsed.Diagnostics, d => d.Id == "PMAP002");
    }

    [Theory]
    [InlineData("pmap")]
    [InlineData("pmap-q")]
    [InlineData("pmap-d")]
    [InlineData("pmap-d-q")]
    public void A_name_that_pmap_read_in_pieces_is_the_last_piece(string variant)
    {
        var parsed = Read(variant);
        Assert.Equal(Facts.Select(f => f.BaseName), MappingFact.NamesOf(parsed.Snapshots.Single()));
        // One mapping in three pieces, three in two.
        Assert.Equal(5, parsed.Diagnostics.Count(d => d.Id == "PMAP011"));
        Assert.DoesNotContain(parsed.Complaints(), d => !variant.EndsWith("-q", StringComparison.Ordinal) || d.Id != "PMAP008");
    }

    [Theory]
    [InlineData("pmap-fields")]
    [InlineData("pmap-all")]
    public void Names_and_resident_pages_of_the_layouts_with_keys_are_those_of_smaps(string variant)
    {
        var parsed = Read(variant);
        var snapshot = parsed.Snapshots.Single();
        Assert.Equal(Facts.Select(f => f.KeyLayoutName), MappingFact.NamesOf(snapshot));
        Assert.Equal(Facts.Select(f => f.RssKiB ?? -1), snapshot.Vmas.Column(Metric.Rss).ToArray());
        Assert.Empty(parsed.Complaints());
    }

    [Fact]
    public void A_name_like_a_flag_is_no_flag()
    {
        var flags = Encoding.Latin1.GetString(Fixtures.Unzipped("pmap", "odd-names", "smaps.txt.gz")).Split('\n').Where(l => l.StartsWith("VmFlags:", StringComparison.Ordinal)).Select(l => l[8..].Trim());
        foreach (var variant in (string[])["pmap-all", "pmap-C-flags"])
        {
            var snapshot = Read(variant).Snapshots.Single();
            Assert.Equal(flags, snapshot.Vmas.FlagsColumn.ToArray());
            Assert.Contains("rd", MappingFact.NamesOf(snapshot));
            Assert.Contains("rd wr", MappingFact.NamesOf(snapshot));
        }
    }

    [Theory]
    [InlineData("pmap-C-flags", true, false)]
    [InlineData("pmap-C-size", false, false)]
    [InlineData("pmap-C-unnamed", true, true)]
    public void Any_columns_that_the_user_chose_are_read(string variant, bool hasRss, bool hasMode)
    {
        var parsed = Read(variant);
        var snapshot = Assert.Single(parsed.Snapshots);
        Assert.Equal(Facts.Select(f => (f.Start, f.End)), Enumerable.Range(0, snapshot.Vmas.Count).Select(i => (snapshot.Vmas[i].Start, snapshot.Vmas[i].End)));
        Assert.Equal(hasRss ? Facts.Sum(f => f.RssKiB) * 1024 : null, snapshot.RssBytes);
        Assert.Equal(hasMode ? 0 : 1, parsed.Diagnostics.Count(d => d.Id == "PMAP010"));
        Assert.Equal(variant.EndsWith("unnamed", StringComparison.Ordinal) ? Facts.Select(_ => "") : Facts.Select(f => f.KeyLayoutName), MappingFact.NamesOf(snapshot));
        Assert.DoesNotContain(parsed.Complaints(), d => d.Id != "PMAP010");
    }

    [Theory]
    [InlineData("pmap-C-rss")]
    [InlineData("pmap-fields-q")]
    public void Rows_without_sizes_or_titles_are_refused_with_advice(string variant)
    {
        var refused = Reading.Refused(Fixtures.Bytes("pmap", "odd-names", variant + ".txt.gz"));
        Assert.Equal((CaptureRefusal.Unreadable, "no-data"), (refused.Kind, refused.Code));
        Assert.Contains("without -q", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_of_addresses_is_a_part_of_the_process()
    {
        var parsed = Read("pmap-x-A");
        var libc = Facts.Where(f => f.Name.EndsWith("/libc.so.6", StringComparison.Ordinal)).Select(f => f.Place);
        Assert.Equal(libc, MappingFact.PlacesOf(parsed.Snapshots.Single()));
        Assert.Contains("-A", parsed.Diagnostics.Single().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_processes_and_a_kernel_thread_in_one_output_are_told_apart()
    {
        var parsed = Read("pmap-x-three");
        Assert.Equal(2, parsed.Snapshots.Count);
        Assert.Equal(parsed.Snapshots[0].Vmas.Count, parsed.Snapshots[1].Vmas.Count);
        // An empty command line is a question mark to procps, and nothing to toybox.
        Assert.All(parsed.Snapshots, s => Assert.Equal("?", s.Process.CommandLine));
        Assert.Equal("", Read("toybox").Snapshots.Single().Process.CommandLine);
        Assert.Contains("2", Assert.Single(parsed.Diagnostics, d => d.Id == "PMAP005").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("busybox", SnapshotSource.Pmap)]
    [InlineData("busybox-x", SnapshotSource.PmapExtended)]
    [InlineData("busybox-x-q", SnapshotSource.PmapExtended)]
    public void Busybox_prints_whole_paths_up_to_their_first_blank(string variant, SnapshotSource source)
    {
        var snapshot = Assert.Single(Read(variant).Snapshots);
        Assert.Equal(source, snapshot.Source);
        Assert.Equal(Short.Select(f => f.Place), MappingFact.PlacesOf(snapshot));
        Assert.Equal(Short.Select(f => f.Name.Split(' ')[0]), MappingFact.NamesOf(snapshot));
    }

    [Theory]
    [InlineData("busybox-x", "short.smaps")]
    [InlineData("busybox-x-q", "short.smaps")]
    [InlineData("toybox-x", "smaps")]
    [InlineData("toybox-x-q", "smaps")]
    public void Busybox_and_toybox_print_proportional_and_private_dirty_pages(string variant, string smaps)
    {
        var text = Fixtures.Unzipped("pmap", "odd-names", smaps + ".txt.gz");
        var vmas = Read(variant).Snapshots.Single().Vmas;
        Assert.False(vmas.Has(Metric.Rss));
        Assert.Equal(Reading.SumOfKey(text, "Private_Dirty"), vmas.SumBytes(Metric.PrivateDirty));
        Assert.Equal(Reading.SumOfKey(text, "Swap"), vmas.SumBytes(Metric.Swap));
        // Pss falls by a little with each process that maps libc.
        Assert.InRange(vmas.SumBytes(Metric.Pss)!.Value, Reading.SumOfKey(text, "Private_Dirty"), Reading.SumOfKey(text, "Rss"));
        Assert.DoesNotContain(Read(variant).Complaints(), d => !variant.EndsWith("-q", StringComparison.Ordinal) || d.Id != "PMAP008");
    }

    [Fact]
    public void Toybox_leaves_the_kernels_names()
    {
        var names = MappingFact.NamesOf(Read("toybox").Snapshots.Single()).ToList();
        Assert.Equal(Facts.Select(f => f.Name.Contains('/', StringComparison.Ordinal) ? f.Name[(f.Name.LastIndexOf('/') + 1)..] : f.Name), names);
    }

    [Theory]
    [MemberData(nameof(AllLocales))]
    public void Every_layout_in_another_language_says_the_same(string locale)
    {
        var parsed = Read(locale);
        var lost = Facts.Where(f => !f.Name.EndsWith("/long-hexadecimal", StringComparison.Ordinal)).ToList();
        Assert.Equal([SnapshotSource.Pmap, SnapshotSource.PmapExtended, SnapshotSource.Pmap, SnapshotSource.PmapFields, SnapshotSource.PmapAllFields], parsed.Snapshots.Select(s => s.Source));
        foreach (var snapshot in parsed.Snapshots)
        {
            var (isExtended, hasKeys) = (snapshot.Source is SnapshotSource.PmapExtended, snapshot.Source is SnapshotSource.PmapFields or SnapshotSource.PmapAllFields);
            var expected = isExtended ? lost : Facts;
            Assert.Equal(expected.Select(f => f.Place), MappingFact.PlacesOf(snapshot));
            Assert.Equal(expected.Select(f => hasKeys ? f.KeyLayoutName : f.BaseName), MappingFact.NamesOf(snapshot));
            Assert.Equal(isExtended || hasKeys ? expected.Sum(f => f.RssKiB) * 1024 : null, snapshot.RssBytes);
        }
        Assert.Equal(["PMAP012"], parsed.Complaints().Select(d => d.Id));
    }

    [Theory]
    [InlineData("toybox-x", 2)]
    [InlineData("pmap-fields", 1)]
    [InlineData("pmap-all", 1)]
    public void The_total_line_is_the_sum_of_the_rows(string variant, int numbersBehindSize)
    {
        var lines = Encoding.Latin1.GetString(Fixtures.Unzipped("pmap", "odd-names", variant + ".txt.gz")).TrimEnd('\n').Split('\n');
        var stated = lines[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.All(char.IsAsciiDigit)).Select(w => long.Parse(w, CultureInfo.InvariantCulture) * 1024).ToList();
        var snapshot = Read(variant).Snapshots.Single();
        Assert.Equal(stated[0], (long)snapshot.VirtualBytes);
        Assert.True(stated.Count > numbersBehindSize);
        if (variant == "toybox-x") Assert.Equal(stated[1..], [snapshot.Vmas.SumBytes(Metric.Pss) ?? -1, snapshot.Vmas.SumBytes(Metric.PrivateDirty) ?? -1, snapshot.Vmas.SumBytes(Metric.Swap) ?? -1]);
        else Assert.Contains(snapshot.RssBytes!.Value, stated);
    }

    private static ParsedCapture Read(string variant)
    {
        var parsed = Reading.Of(Fixtures.Bytes("pmap", "odd-names", variant + ".txt.gz")).Parsed;
        Assert.Equal("pmap", parsed.Format);
        return parsed;
    }
}
