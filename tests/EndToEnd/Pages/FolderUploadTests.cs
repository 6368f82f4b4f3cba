using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A folder goes up as one upload, and everything in it is put to use.</summary>
[Collection(nameof(Site))]
public sealed class FolderUploadTests(Site site)
{
    [Fact]
    public async Task A_folder_of_snapshots_a_trace_and_the_program_is_one_upload_with_each_file_typed()
    {
        using var folder = new TemporaryFolder();
        Copy("tests/fixtures/smaps/odd-maps.smaps.txt.gz", "smaps.txt.gz");
        Copy("tests/fixtures/status/odd-maps.status.txt", "status.txt");
        Copy("tests/fixtures/strace/raw-mmap-leak.txt.gz", $"{new string('d', 60)}/{new string('n', 60)}.strace.gz");
        Copy("tests/fixtures/elf/raw-mmap-leak/raw_mmap_leak.debug", "bin/raw_mmap_leak.debug");
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/upload", ".drop");
        await page.GetByLabel("Host").FillAsync("folder-host");
        await page.GetByLabel("Process id").FillAsync("77");

        await page.GetByLabel("Choose a folder").SetInputFilesAsync(folder.FullPath);

        await Assertions.Expect(page.GetByText("Stored")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByText("Files: 1 elf, 1 smaps, 1 status, 1 strace.")).ToBeVisibleAsync();
        await page.GotoAsync("/symbols");
        await Assertions.Expect(page.GetByText("raw_mmap_leak.debug")).ToBeVisibleAsync();
        Assert.Equal("", visitor.Complaints);

        void Copy(string from, string to)
        {
            var target = Path.Combine(folder.FullPath, to);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Repository.PathOf(from.Split('/')), target);
        }
    }
}
